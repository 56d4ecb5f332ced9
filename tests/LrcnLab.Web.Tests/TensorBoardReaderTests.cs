using System.Buffers.Binary;
using System.Text;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs.Export;
using LrcnLab.Web.Features.Runs.Ingest;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>Event files: those that we write ourselves, and bytes as other programs write them.</summary>
public sealed class TensorBoardReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatWasWritten_IsReadAgain()
    {
        byte[] file = await WriteAsync();

        List<MetricSample> samples = await ReadAsync(file);

        Assert.Equal([("train/loss", 1, 0.5), ("train/loss", 2, double.NaN), ("train/loss", 3, double.PositiveInfinity)], samples.Select(s => (s.Key, s.Point.Step, s.Point.Value)));
        Assert.Equal(DateTime.UnixEpoch.AddMilliseconds(1_700_000_000_250), samples[1].Point.Time, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task FileThatIsStillWritten_IsReadAsFarAsItGoes()
    {
        byte[] file = await WriteAsync();
        for (int length = file.Length - 1; length > file.Length - 30; length--)
            Assert.Equal(2, (await ReadAsync(file[..length])).Count);
    }

    [Fact]
    public async Task DamagedFile_AndWhatIsNone_AreRefused()
    {
        byte[] file = await WriteAsync();
        file[^8] ^= 1;
        Assert.Equal("Record 4 of the event file is damaged.", (await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(file))).Message);
        Assert.Equal("This is no TensorBoard event file.", (await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(Encoding.UTF8.GetBytes("step,value\n1,2\n3,4\n")))).Message);
        Assert.Empty(await ReadAsync([]));
    }

    /// <summary>PyTorch's and TensorFlow 2's way: a tensor without shape. Histograms have one, and are no scalars.</summary>
    [Fact]
    public async Task Tensors_WithOneNumber_AreScalars()
    {
        byte[] single = [0x08, 0x01, 0x2A, 0x04, .. BitConverter.GetBytes(1.5f)], wide = [0x08, 0x02, 0x22, 0x08, .. BitConverter.GetBytes(2.5)], loose = [0x08, 0x01, 0x12, 0x00, 0x2D, .. BitConverter.GetBytes(3.5f)];
        byte[] histogram = [0x08, 0x02, 0x12, 0x04, 0x12, 0x02, 0x08, 0x03, 0x22, 0x08, .. BitConverter.GetBytes(9.0)], text = [0x08, 0x07, 0x42, 0x02, 0x68, 0x69];
        byte[] file = Record([0x09, .. BitConverter.GetBytes(1_700_000_000.0), 0x10, 0x05, 0x2A, .. Sized([.. Value("Loss (train)", single), .. Value("b", wide), .. Value("c", loose), .. Value("h", histogram), .. Value("t", text)])]);

        List<MetricSample> samples = await ReadAsync(file);

        Assert.Equal([("Loss__train_", 5, 1.5), ("b", 5, 2.5), ("c", 5, 3.5)], samples.Select(s => (s.Key, s.Point.Step, s.Point.Value)));
    }

    private static byte[] Value(string tag, byte[] tensor) => [0x0A, .. Sized([0x0A, .. Sized(Encoding.UTF8.GetBytes(tag)), 0x42, .. Sized(tensor)])];

    private static byte[] Sized(byte[] data) => data.Length < 128 ? [(byte)data.Length, .. data] : [(byte)(data.Length & 127 | 128), (byte)(data.Length >> 7), .. data];

    private static byte[] Record(byte[] data)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, data.Length);
        return [.. length, .. BitConverter.GetBytes(TensorBoardWriter.Masked(length)), .. data, .. BitConverter.GetBytes(TensorBoardWriter.Masked(data))];
    }

    private static async Task<byte[]> WriteAsync()
    {
        using var file = new MemoryStream();
        await using (var writer = new TensorBoardWriter(file))
            await writer.WriteAsync(new ExportedSeries(Guid.Empty, "run", "train/loss"), new MetricSeriesData("train/loss", 3, [1, 2, 3], [0, 0, 0], [1_700_000_000_000, 1_700_000_000_250, 1_700_000_001_000], [0.5, double.NaN, double.PositiveInfinity]), Cancel);
        return file.ToArray();
    }

    private static async Task<List<MetricSample>> ReadAsync(byte[] file)
    {
        var samples = new List<MetricSample>();
        await foreach (MetricSample sample in TensorBoardReader.ReadAsync(new MemoryStream(file), Cancel))
            samples.Add(sample);
        return samples;
    }
}
