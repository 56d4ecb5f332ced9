using System.IO.Compression;
using LrcnLab.Web.Features.Runs;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class StoredEntryStreamTests
{
    [Fact]
    public async Task First_ReadsExactlyTheFirstEntry_FromAnyPosition()
    {
        byte[] weights = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7))];
        await using var entry = StoredEntryStream.First(Archive(weights, CompressionLevel.NoCompression), weights.Length);

        using var whole = new MemoryStream();
        await entry.CopyToAsync(whole, TestContext.Current.CancellationToken);
        Assert.Equal(weights, whole.ToArray());

        entry.Seek(9_990, SeekOrigin.Begin);
        byte[] tail = new byte[100];
        Assert.Equal(10, entry.ReadAtLeast(tail, 100, throwOnEndOfStream: false));
        Assert.Equal(weights[9_990..], tail[..10]);
    }

    [Fact]
    public void First_CompressedOrTooShort_IsRefused()
    {
        byte[] weights = new byte[10_000];

        Assert.Throws<InvalidDataException>(() => StoredEntryStream.First(Archive(weights, CompressionLevel.Optimal), weights.Length));
        Assert.Throws<InvalidDataException>(() => StoredEntryStream.First(Archive(weights, CompressionLevel.NoCompression), 20_000));
    }

    private static MemoryStream Archive(byte[] content, CompressionLevel level)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("weights.safetensors", level).Open();
            entry.Write(content);
        }

        stream.Position = 0;
        return stream;
    }
}
