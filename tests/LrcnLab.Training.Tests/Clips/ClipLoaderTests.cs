using LrcnLab.Training.Clips;
using Xunit;

namespace LrcnLab.Training.Tests.Clips;

public sealed class ClipLoaderTests
{
    private static readonly int[] Order = [.. Enumerable.Range(0, 103).Select(i => i * 7 % 103)];
    private static readonly ClipChoice[] Choices = [.. Order.Select(i => new ClipChoice(i))];

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(11)]
    public void Take_UntilTheEnd_GivesAllClipsInOrderFromTheFirstBatch(int first)
    {
        using var loader = new ClipLoader(Fill, Choices, epoch: 3, clipBytes: 5, batchSize: 10, first);
        var seen = new List<int>();
        while (loader.Take() is ClipBatch batch)
        {
            for (int i = 0; i < batch.Samples.Length; i++)
                Assert.All(batch.Pixels.AsSpan(i * 5, 5).ToArray(), b => Assert.Equal((byte)(batch.Samples[i] + 3), b));
            Assert.Equal(batch.Samples.Select(s => 1 + s % 3), batch.Lengths);
            seen.AddRange(batch.Samples);
            loader.Return(batch);
        }

        Assert.Equal(11, loader.Batches);
        Assert.Equal(Order[(first * 10 > 103 ? 103 : first * 10)..], seen);
    }

    [Fact]
    public void Take_AfterAFault_ThrowsItInItsPlace()
    {
        using var loader = new ClipLoader((sample, _, _, _) => sample == Order[25] ? throw new InvalidDataException("broken clip") : 0, Choices, null, 5, 10);

        Assert.Equal(Order[..10], Take(loader));
        Assert.Equal(Order[10..20], Take(loader));
        Assert.Equal("broken clip", Assert.Throws<InvalidDataException>(() => loader.Take()).Message);
    }

    [Fact]
    public void Dispose_WhileBuffersAreFull_EndsTheThreads()
    {
        int reads = 0;
        var loader = new ClipLoader((_, _, _, _) => Interlocked.Increment(ref reads), Choices, null, 5, 10);
        loader.Take();
        loader.Dispose();

        Assert.InRange(reads, 10, 50);
    }

    private static int Fill(int sample, int? epoch, double place, Span<byte> clip)
    {
        clip.Fill((byte)(sample + epoch!.Value));
        return 1 + sample % 3;
    }

    private static int[] Take(ClipLoader loader)
    {
        ClipBatch batch = loader.Take()!;
        loader.Return(batch);
        return batch.Samples;
    }
}
