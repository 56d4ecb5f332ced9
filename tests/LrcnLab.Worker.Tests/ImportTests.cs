using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Media.Writing;
using SkiaSharp;
using Xunit;

namespace LrcnLab.Worker.Tests;

/// <summary>Imports through the real worker, of folders as nobody would make them on purpose.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lrcnlab-import-");
    private readonly HashSet<string> _good = [];
    private readonly HashSet<string> _damaged = [];

    public void Dispose() => _folder.Delete(recursive: true);

    private string Data => Path.Combine(_folder.FullName, "data");

    private string Output => Path.Combine(_folder.FullName, "out");

    private static byte[] Jpeg(int brightness)
    {
        using var bitmap = new SKBitmap(32, 24);
        bitmap.Erase(new SKColor((byte)brightness, (byte)(255 - brightness), 90));
        for (int i = 0; i < 24; i++)
            bitmap.SetPixel(i, i, SKColors.White);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    private static byte[] Avi(int first) => AviWriter.Write(32, 24, 10, [.. Enumerable.Range(0, 8).Select(f => Jpeg((first + 10 * f) % 256))]);

    private void Write(string path, byte[] bytes, HashSet<string> kind)
    {
        string full = Path.Combine(Data, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        Assert.True(kind.Add(path));
    }

    private void Truncated(string name, string ending, byte[] whole, int places)
    {
        for (int i = 1; i <= places; i++)
            Write($"walk/{name}{i}.{ending}", whole[..(whole.Length * i * 9 / 10 / places)], _damaged);
    }

    private byte[]? Mp4()
    {
        string path = Path.Combine(_folder.FullName, "whole.mp4");
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("ffmpeg", ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25", "-frames:v", "30", "-c:v", "mpeg4", path]))!;
            process.WaitForExit();
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or FileNotFoundException)
        {
            return null;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Zip(params IEnumerable<(string Name, byte[] Bytes)> entries)
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

        return memory.ToArray();
    }

    private DatasetManifest Manifest() =>
        JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllText(Path.Combine(Output, WorkerProtocol.ManifestFile)), LabJson.Options)!;

    private void GoodClips()
    {
        foreach (string label in (string[])["run", "walk"])
        {
            for (int i = 0; i < 3; i++)
                Write($"{label}/good{i}.avi", Avi(40 * i + label.Length), _good);
        }
    }

    /// <summary>300 files, each broken in its own way.</summary>
    private void Damage()
    {
        var random = new Random(1);
        byte[] Noise(int bytes)
        {
            byte[] noise = new byte[bytes];
            random.NextBytes(noise);
            return noise;
        }

        byte[][] heads = ["RIFF\0\0\0\0AVI LIST"u8.ToArray(), "GIF89a"u8.ToArray(), [0xFF, 0xD8, 0xFF], [0x89, (byte)'P', (byte)'N', (byte)'G'], "RIFF\0\0\0\0WEBPVP8 "u8.ToArray()];
        Truncated("cut", "avi", Avi(3), 100);
        Truncated("cut", "jpg", Jpeg(90), 40);
        byte[]? mp4 = Mp4();
        Truncated("cut", "mp4", mp4 ?? Avi(5), 40);
        for (int i = 0; i < 40; i++)
            Write($"walk/noise{i}.{(i % 2 == 0 ? "mp4" : "avi")}", Noise(1 + 300 * i), _damaged);
        for (int i = 0; i < 40; i++)
            Write($"run/head{i}.{(i % 2 == 0 ? "mkv" : "gif")}", [.. heads[i % heads.Length], .. Noise(40 * i)], _damaged);
        for (int i = 0; i < 20; i++)
            Write($"run/empty{i}.mp4", [], _damaged);
        for (int i = 0; i < 18; i++)
            Write($"run/text{i}.mp4", Encoding.UTF8.GetBytes(i % 2 == 0 ? "this is a note" : "ffconcat version 1.0\nfile /etc/passwd\n"), _damaged);
        Write("run/bomb.mp4", Zip(("zeros", new byte[20_000_000])), _damaged);
        Write("run/playlist.avi", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x.ts\n"u8.ToArray(), _damaged);
        Assert.Equal(300, _damaged.Count);
        // A wrong ending is no damage.
        Write("walk/really-jpeg.mp4", Jpeg(10), _good);
        Write("walk/really-avi.mp4", Avi(80), _good);
        if (mp4 is not null)
            Write("run/really-mp4.avi", mp4, _good);
    }

    private void AssertReadWell(DatasetManifest manifest)
    {
        Assert.Equal(_good.Order(StringComparer.Ordinal), manifest.Samples.Select(s => s.Path).Order(StringComparer.Ordinal));
        Assert.Equal(["run", "walk"], manifest.Classes);
        Assert.Equal(_damaged.Order(StringComparer.Ordinal), manifest.Problems.Select(p => p.Path).Where(_damaged.Contains).Order(StringComparer.Ordinal));
        Assert.All(manifest.Problems, p => Assert.True(p.Reason.Length > 10 && !p.Reason.Contains(_folder.FullName, StringComparison.Ordinal), p.Reason));
        Assert.Equal(manifest.Samples.Count, Directory.GetFiles(Path.Combine(Output, "previews")).Length);
    }

    [Fact]
    public async Task Import_ThreeHundredDamagedFiles_KeepsTheGoodOnesAndNamesEveryOther()
    {
        GoodClips();
        Damage();
        string outside = Path.Combine(_folder.FullName, "secret.avi");
        File.WriteAllBytes(outside, Avi(1));
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(Data, "walk", "leak.avi"), outside);
            Directory.CreateSymbolicLink(Path.Combine(Data, "walk", "away"), _folder.FullName);
            await Process.Start("mkfifo", [Path.Combine(Data, "walk", "pipe.mp4"), Path.Combine(Data, "walk", "pipe-without-ending")]).WaitForExitAsync(TestContext.Current.CancellationToken);
            _damaged.Add("walk/pipe.mp4");
        }

        var (exit, lines, errors) = await WorkerProcess.RunAsync("import", Data, "--name", "damaged", "--output", Output);

        Assert.Equal("", errors);
        Assert.Equal(WorkerProtocol.ExitDone, exit);
        Assert.Equal(Outcome.Completed, Assert.IsType<DoneEvent>(Workspace.AssertEvents(lines)[^1]).Outcome);
        DatasetManifest manifest = Manifest();
        AssertReadWell(manifest);
        Assert.Equal(_damaged.Count, manifest.Problems.Count);
    }

    [Fact]
    public async Task Import_HostileArchive_StaysInsideAndReadsTheRest()
    {
        GoodClips();
        for (int i = 0; i < 5; i++)
            Write($"run/text{i}.mp4", "this is a note"u8.ToArray(), _damaged);
        byte[] zip = Zip(
        [
            .. _good.Concat(_damaged).Select(f => (f, File.ReadAllBytes(Path.Combine(Data, f)))),
            ("../../evil.avi", Avi(1)), ("/evil.avi", Avi(1)), ("walk\\..\\..\\evil.avi", Avi(1)), ("walk/bomb.mp4", new byte[200_000_000]), ("walk/inner.zip", Zip(("x", [1]))),
        ]);
        string archive = Path.Combine(_folder.FullName, "upload.part");
        await File.WriteAllBytesAsync(archive, zip, TestContext.Current.CancellationToken);

        var (exit, lines, errors) = await WorkerProcess.RunAsync("import", archive, "--name", "hostile", "--output", Output);

        Assert.Equal("", errors);
        Assert.Equal(WorkerProtocol.ExitDone, exit);
        Assert.Contains(Workspace.AssertEvents(lines), e => e is ProgressEvent { Stage: "unpacking" });
        DatasetManifest manifest = Manifest();
        AssertReadWell(manifest);
        Assert.Equal(5 + _damaged.Count, manifest.Problems.Count);
        Assert.Equal(Path.Combine(Output, "files"), manifest.Root);
        Assert.Equal(["data", "out", "upload.part"], _folder.GetFileSystemInfos().Select(f => f.Name).Order());
    }

    [Fact]
    public async Task Import_ListThatLeadsOut_IsReadWithoutIt()
    {
        GoodClips();
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "secret.avi"), Avi(1), TestContext.Current.CancellationToken);
        string[] outside = ["../secret.avi", "run/../../secret.avi", "/etc/secret.avi"];
        await File.WriteAllTextAsync(Path.Combine(Data, "list.csv"), "path,label\n" + string.Concat(_good.Concat(outside).Select(f => $"{f},{(f.StartsWith("run", StringComparison.Ordinal) ? "run" : "walk")}\n")), TestContext.Current.CancellationToken);

        Assert.Equal(WorkerProtocol.ExitDone, (await WorkerProcess.RunAsync("import", Data, "--name", "list", "--output", Output)).ExitCode);
        DatasetManifest manifest = Manifest();
        AssertReadWell(manifest);
        Assert.Equal(outside.Order(StringComparer.Ordinal), manifest.Problems.Select(p => p.Path));
    }

    [Fact]
    public async Task Preview_WithJson_IsOneLineAndWritesNothing()
    {
        GoodClips();
        var (exit, lines, errors) = await WorkerProcess.RunAsync("import", Data, "--preview", "--validation-share", "0.34", "--seed", "3", "--json");

        Assert.Equal("", errors);
        Assert.Equal(WorkerProtocol.ExitDone, exit);
        ImportPreview preview = Assert.IsType<PreviewEvent>(WorkerEvent.Parse(Assert.Single(lines))).Preview;
        Assert.Equal((LayoutNames.Folders, 6, 4, 2), (preview.Layout, preview.Samples, preview.Train, preview.Validation));
        Assert.Equal(["data"], _folder.GetFileSystemInfos().Select(f => f.Name));
    }

    [Fact]
    public async Task Preview_OfNothingUsable_SaysWhyAndExitsWith2()
    {
        Write("readme.txt", "hello"u8.ToArray(), _damaged);
        var (exit, lines, errors) = await WorkerProcess.RunAsync("import", Data, "--preview", "--json");

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Equal(errors, Assert.IsType<PreviewEvent>(WorkerEvent.Parse(Assert.Single(lines))).Preview.Refusal);
    }

    [Fact]
    public async Task Preview_WithoutJson_IsReadable()
    {
        GoodClips();
        var (exit, lines, _) = await WorkerProcess.RunAsync("import", Data, "--preview");

        Assert.Equal(WorkerProtocol.ExitDone, exit);
        Assert.Contains(lines, l => l.Contains("6 samples from 6 files", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("walk", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_WithoutOutput_IsRefused()
    {
        var (exit, _, errors) = await WorkerProcess.RunAsync("import", Data, "--name", "x");
        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Contains("--output", errors, StringComparison.Ordinal);
    }
}
