using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using LrcnLab.Core.Datasets;
using LrcnLab.Media.Import;
using LrcnLab.Media.Import.Archives;

namespace LrcnLab.Media.Tests.Import;

public sealed class ArchiveImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Unpacked => _folder.At("unpacked");

    private static IEnumerable<(string Name, byte[] Bytes)> Good(string top = "") =>
        from label in (string[])["a", "b"] from i in Enumerable.Range(0, 2) select ($"{top}{label}/v{i}.avi", TestVideos.Avi(10 * i, 20, 30));

    private string Zip(params IEnumerable<(string Name, byte[] Bytes)> entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using Stream stream = zip.CreateEntry(name).Open();
                stream.Write(bytes);
            }
        }

        return _folder.Write("set.bin", memory.ToArray());
    }

    private string Tar(bool packed, IEnumerable<TarEntry> others)
    {
        using var plain = new MemoryStream();
        using (var tar = new TarWriter(plain, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, bytes) in Good("set/"))
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            foreach (TarEntry entry in others)
                tar.WriteEntry(entry);
        }

        using var small = new MemoryStream();
        using (var gzip = new GZipStream(small, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain.ToArray());
        return _folder.Write("set.bin", packed ? small.ToArray() : plain.ToArray());
    }

    private DatasetManifest Import(string archive)
    {
        ImportResult result = DatasetImporter.Import(archive, "test", _folder.At("out"), new ImportOptions(), null, Ct, Unpacked);
        Assert.Null(result.Refusal);
        return result.Manifest!;
    }

    [Fact]
    public void Zip_WithATopFolder_IsReadLikeAFolder()
    {
        string archive = Zip([.. Good("my set/"), ("__MACOSX/my set/a/._v0.avi", [1]), ("my set/LICENSE", "free"u8.ToArray())]);
        DatasetManifest manifest = Import(archive);

        Assert.Equal(Path.Combine(Unpacked, "my set"), manifest.Root);
        Assert.Equal(["a/v0.avi", "a/v1.avi", "b/v0.avi", "b/v1.avi"], manifest.Samples.Select(s => s.Path));
        Assert.Equal("free", manifest.Licence);
        Assert.Empty(manifest.Problems);
        Assert.False(Directory.Exists(Unpacked + ".tmp"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tar_LinksAndDevices_AreRefusedAndTheRestIsRead(bool packed)
    {
        string archive = Tar(packed,
        [
            new PaxTarEntry(TarEntryType.SymbolicLink, "set/a/link.avi") { LinkName = "/etc/passwd" },
            new PaxTarEntry(TarEntryType.HardLink, "set/a/hard.avi") { LinkName = "set/a/v0.avi" },
            new PaxTarEntry(TarEntryType.Fifo, "set/a/pipe.avi"),
            new PaxTarEntry(TarEntryType.RegularFile, "../../out.avi") { DataStream = new MemoryStream([1, 2, 3]) },
            new PaxTarEntry(TarEntryType.RegularFile, "/abs.avi") { DataStream = new MemoryStream([1, 2, 3]) },
        ]);
        DatasetManifest manifest = Import(archive);

        Assert.Equal(4, manifest.Samples.Count);
        Assert.Equal(["../../out.avi", "/abs.avi", "set/a/hard.avi", "set/a/link.avi", "set/a/pipe.avi"], manifest.Problems.Select(p => p.Path));
        Assert.All(Directory.EnumerateFiles(Unpacked, "*", SearchOption.AllDirectories), f => Assert.Null(new FileInfo(f).LinkTarget));
    }

    [Theory]
    [InlineData("../x.avi")]
    [InlineData("a/../../x.avi")]
    [InlineData("/etc/x.avi")]
    [InlineData("C:/x.avi")]
    [InlineData("a\\..\\..\\x.avi")]
    [InlineData("a/x\u0001.avi")]
    [InlineData("a/nested.zip")]
    [InlineData("a/v0.avi")]
    public void Zip_EntryThatMustNotBe_IsAProblemWithItsReason(string name)
    {
        string archive = Zip([.. Good(), (name, TestVideos.Avi(1, 2))]);
        HashSet<string> before = [.. Directory.EnumerateFileSystemEntries(_folder.Path)];
        DatasetManifest manifest = Import(archive);

        Assert.Equal(4, manifest.Samples.Count);
        Assert.EndsWith(".", Assert.Single(manifest.Problems).Reason, StringComparison.Ordinal);
        Assert.Equal(["out", "unpacked"], Directory.EnumerateFileSystemEntries(_folder.Path).Where(e => !before.Contains(e)).Select(Path.GetFileName).Order());
        Assert.Equal(4, Directory.EnumerateFiles(Unpacked, "*.avi", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public void Clean_LongNames_AreRefused()
    {
        Assert.Null(EntryName.Clean($"a/{new string('x', 300)}.avi").Path);
        Assert.Null(EntryName.Clean(string.Concat(Enumerable.Repeat("a/", 100)) + "x.avi").Path);
        Assert.Null(EntryName.Clean("a/\0.avi").Path);
        Assert.Null(EntryName.Clean("./").Path);
        Assert.Equal("a/b.avi", EntryName.Clean("./a//b.avi").Path);
    }

    [Fact]
    public void Zip_Bomb_IsRefusedAloneAndTheRestIsRead()
    {
        DatasetManifest manifest = Import(Zip([.. Good(), ("a/bomb.mp4", new byte[150_000_000])]));
        Assert.Equal(4, manifest.Samples.Count);
        Assert.Contains("150,000,000 bytes", Assert.Single(manifest.Problems).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Zip_EntryWithMoreThanItDeclares_IsRefused()
    {
        string archive = Zip([.. Good(), ("a/liar.avi", new byte[100_000])]);
        byte[] bytes = File.ReadAllBytes(archive);
        byte[] name = Encoding.UTF8.GetBytes("a/liar.avi");
        // The size stands 22 bytes before the name in the central directory; only there is it read.
        int at = bytes.AsSpan().LastIndexOf(name);
        BitConverter.TryWriteBytes(bytes.AsSpan(at - 22), 10);
        File.WriteAllBytes(archive, bytes);
        DatasetManifest manifest = Import(archive);

        Assert.Equal(4, manifest.Samples.Count);
        Assert.Equal("a/liar.avi", Assert.Single(manifest.Problems).Path);
        Assert.InRange(new FileInfo(Path.Combine(Unpacked, "a", "liar.avi")) is { Exists: true } file ? file.Length : 0, 0, 10);
    }

    [Fact]
    public void Unpack_BeyondTheLimits_LeavesNothing()
    {
        string archive = Zip(Good());
        var limits = new UnpackLimits(3, long.MaxValue, 200, 100_000_000);
        Assert.Contains("more than 3 entries", ArchiveUnpacker.Unpack(archive, ArchiveKind.Zip, Unpacked, null, Ct, limits).Refusal, StringComparison.Ordinal);
        limits = new UnpackLimits(100, 1000, 200, 100_000_000);
        Assert.Contains("more than the 1,000 bytes", ArchiveUnpacker.Unpack(archive, ArchiveKind.Zip, Unpacked, null, Ct, limits).Refusal, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Unpacked) || Directory.Exists(Unpacked + ".tmp"));
    }

    [Fact]
    public void TarGz_ThatGrowsTooMuch_IsRefused()
    {
        string archive = Tar(packed: true, [new PaxTarEntry(TarEntryType.RegularFile, "set/a/zeros.mp4") { DataStream = new MemoryStream(new byte[20_000_000]) }]);
        var limits = new UnpackLimits(100, long.MaxValue, 20, 1_000_000);
        Assert.Contains("20 times its size", ArchiveUnpacker.Unpack(archive, ArchiveKind.TarGz, Unpacked, null, Ct, limits).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Unpack_AfterAKill_ReplacesTheHalfDoneFolder()
    {
        _folder.Write("unpacked.tmp/a/half.avi", "half");
        string archive = Zip([.. Good(), ("../x.avi", [1])]);
        Assert.Equal(4, Import(archive).Samples.Count);
        Assert.False(File.Exists(Path.Combine(Unpacked, "a", "half.avi")));

        // A second time nothing is unpacked, and what was refused is still known.
        string kept = Path.Combine(Unpacked, "a", "v0.avi");
        DateTime written = File.GetLastWriteTimeUtc(kept);
        Assert.Single(Import(archive).Problems);
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
    }

    [Fact]
    public void Unpack_IntoAFolderOfOthers_IsRefused()
    {
        _folder.Write("unpacked/thesis.txt", "precious");
        Assert.Contains("is not empty", DatasetImporter.Preview(Zip(Good()), new ImportOptions(), Ct, Unpacked).Refusal, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("unpacked", "thesis.txt")));
    }

    [Fact]
    public void Damaged_Archives_AreRefused()
    {
        byte[] whole = File.ReadAllBytes(Zip(Good()));
        string cut = _folder.Write("cut.zip", whole[..(whole.Length / 2)]);
        Assert.Contains("damaged", DatasetImporter.Preview(cut, new ImportOptions(), Ct, Unpacked).Refusal, StringComparison.Ordinal);
        string tar = Tar(packed: true, []);
        byte[] packed = File.ReadAllBytes(tar);
        string cutTar = _folder.Write("cut.tgz", packed[..(packed.Length / 2)]);
        Assert.NotNull(DatasetImporter.Preview(cutTar, new ImportOptions(), Ct, Unpacked).Refusal);
        string text = _folder.Write("text.gz", [0x1F, 0x8B, 0x08, .. new byte[40]]);
        Assert.NotNull(DatasetImporter.Preview(text, new ImportOptions(), Ct, Unpacked).Refusal);
    }

    [Fact]
    public void Preview_OfAnArchive_NeedsAFolder()
    {
        Assert.Contains("is to be unpacked", DatasetImporter.Preview(Zip(Good()), new ImportOptions(), Ct).Refusal, StringComparison.Ordinal);
        ImportPreview preview = DatasetImporter.Preview(Zip(Good()), new ImportOptions(), Ct, Unpacked);
        Assert.Equal((LayoutNames.Folders, 4), (preview.Layout, preview.Samples));
    }
}
