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
        using var loader = new ClipLoader(new ClipSource(Fill, 5), Choices, epoch: 3, batchSize: 10, first);
        var seen = new List<int>();
        while (loader.Take() is ClipBatch batch)
        {
            for (int i = 0; i < batch.Samples.Length; i++)
                Assert.All(batch.Bytes.AsSpan(i * 5, 5).ToArray(), b => Assert.Equal((byte)(batch.Samples[i] + 3), b));
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
        using var loader = new ClipLoader(new ClipSource((sample, _, _, _) => sample == Order[25] ? throw new InvalidDataException("broken clip") : 0, 5), Choices, null, 10);

        Assert.Equal(Order[..10], Take(loader));
        Assert.Equal(Order[10..20], Take(loader));
        Assert.Equal("broken clip", Assert.Throws<InvalidDataException>(() => loader.Take()).Message);
    }

    [Fact]
    public void Dispose_WhileBuffersAreFull_EndsTheThreads()
    {
        int reads = 0;
        var loader = new ClipLoader(new ClipSource((_, _, _, _) => Interlocked.Increment(ref reads), 5), Choices, null, 10);
        loader.Take();
        loader.Dispose();

        Assert.InRange(reads, 10, 50);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void Take_AnyNumberOfThreads_GivesTheSameFromFourBuffers(int threads)
    {
        using var loader = new ClipLoader(new ClipSource(Fill, 5), Choices, epoch: 3, batchSize: 10, firstBatch: 2, threads);
        var buffers = new HashSet<byte[]>(ReferenceEqualityComparer.Instance);
        var seen = new List<int>();
        while (loader.Take() is ClipBatch batch)
        {
            buffers.Add(batch.Bytes);
            Assert.Equal(loader.BatchBytes, batch.Bytes.Length);
            Assert.All(batch.Samples.Select((s, i) => (s, i)), c => Assert.Equal((byte)(c.s + 3), batch.Bytes[5 * c.i]));
            seen.AddRange(batch.Samples);
            loader.Return(batch);
        }

        Assert.Equal(Order[20..], seen);
        Assert.InRange(buffers.Count, 1, ClipLoader.Buffers);
        Assert.Equal(50, loader.BatchBytes);
    }

    [Fact]
    public async Task Take_NothingReturned_ReadsNoFurtherThanItsBuffers()
    {
        int reads = 0;
        using var loader = new ClipLoader(new ClipSource((_, _, _, _) => Interlocked.Increment(ref reads), 5), Choices, null, 10, threads: 8);
        for (int i = 0; i < ClipLoader.Buffers; i++)
            Assert.NotNull(loader.Take());
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(10 * ClipLoader.Buffers, Volatile.Read(ref reads));
    }

    [Fact]
    public void Read_IsCalledFromEveryThreadAtOnce()
    {
        using var all = new Barrier(4);
        using var loader = new ClipLoader(new ClipSource((_, _, _, _) => all.SignalAndWait(TimeSpan.FromSeconds(30)) ? 1 : throw new TimeoutException("The threads did not meet."), 5), Choices[..8], null, 8, threads: 4);
        Assert.Equal(8, Assert.IsType<ClipBatch>(loader.Take()).Samples.Length); // One batch: the threads share it.
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
