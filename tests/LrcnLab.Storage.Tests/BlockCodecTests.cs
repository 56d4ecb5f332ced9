using CsCheck;
using LrcnLab.Core.Metrics;
using LrcnLab.Storage.Metrics;

namespace LrcnLab.Storage.Tests;

public sealed class BlockCodecTests
{
    private static readonly Gen<MetricPoint> Points = Gen.Select(
        Gen.OneOf(Gen.Long, Gen.Long[0, 1000]),
        Gen.Double,
        Gen.Long[0, 4_000_000_000_000],
        Gen.OneOf(Gen.Double, Gen.Double.Special, Gen.Float.Select(f => (double)f)),
        (step, epoch, time, value) => new MetricPoint(step, epoch, DateTime.UnixEpoch.AddMilliseconds(time), value));

    [Fact]
    public void Decode_OfEncoded_IsTheSameBitForBit() => Points.Array[0, 600].Sample(points =>
    {
        var columns = new BlockColumns(0);
        foreach (MetricPoint point in points)
            columns.Set(point);
        BlockColumns again = BlockCodec.Decode(BlockCodec.Encode(columns));

        Assert.Equal(columns.Steps.ToArray(), again.Steps.ToArray());
        Assert.Equal(columns.Times.ToArray(), again.Times.ToArray());
        Assert.Equal(Bits(columns.Epochs), Bits(again.Epochs));
        Assert.Equal(Bits(columns.Values), Bits(again.Values));
        if (BlockCodec.Summary(BlockCodec.Encode(columns)) is { } summary)
            Assert.Equal(BlockSummary.Of(columns).ToString(), summary.ToString());
        else
            Assert.InRange(columns.Count, 0, 255);
    });

    [Fact]
    public void Decode_OfDamagedBytes_Throws()
    {
        var columns = new BlockColumns(0);
        for (int step = 0; step < 100; step++)
            columns.Set(new MetricPoint(step, step, DateTime.UnixEpoch, step));
        byte[] data = BlockCodec.Encode(columns);

        Assert.Throws<InvalidDataException>(() => BlockCodec.Decode(data.AsSpan(0, data.Length / 2)));
        Assert.Throws<InvalidDataException>(() => BlockCodec.Decode([]));
    }

    private static long[] Bits(ReadOnlySpan<double> values) => [.. values.ToArray().Select(v => double.IsNaN(v) ? BitConverter.DoubleToInt64Bits(double.NaN) : BitConverter.DoubleToInt64Bits(v))];
}
