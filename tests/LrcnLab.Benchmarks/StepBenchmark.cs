using System.Diagnostics;
using static TorchSharp.torch;

namespace LrcnLab.Benchmarks;

internal static class StepBenchmark
{
    private const int Side = 2048;
    private const int StepsARound = 4;

    public static int Run(int threads, int rounds)
    {
        using BareStep ours = BareStep.Seed();
        using Peer? peer = Peer.Start(ours.Spec, BareStep.SeedClasses, threads);
        if (peer is null)
            return 1;
        ours.Run(2);
        peer.Run("step", 2);
        List<double> mine = [], theirs = [], product = [], theirProduct = [];
        for (int round = 0; round < rounds; round++)
        {
            mine.AddRange(ours.Milliseconds(StepsARound));
            theirs.AddRange(peer.Run("step", StepsARound));
            product.AddRange(Products(StepsARound));
            theirProduct.AddRange(peer.Run("matmul", StepsARound));
        }

        double peak = 2.0 * Side * Side * Side / Math.Min(product.Min(), theirProduct.Min()) / 1e6;
        Report.Line($"seed model, {BareStep.Describe(ours.Spec)}, {ours.Flops / 1e9:0.0} GFLOP a step, {threads} threads, {rounds} rounds of {StepsARound}");
        Report.Times("LrcnLab", mine, ours.Spec.Training.BatchSize);
        Report.Times($"PyTorch {peer.Version}", theirs, ours.Spec.Training.BatchSize);
        Report.Line($"ratio of medians {Report.Median(theirs) / Report.Median(mine):0.00}, of fastest {theirs.Min() / mine.Min():0.00}");
        Report.Line($"matrix product {Side} cubed: libtorch {product.Min():0} ms, PyTorch {theirProduct.Min():0} ms at best, peak {peak:0} GFLOP/s");
        Report.Line($"share of the peak: {ours.Flops / mine.Min() / 1e6 / peak:P0} at best, {ours.Flops / Report.Median(mine) / 1e6 / peak:P0} at the median");
        return 0;
    }

    private static double[] Products(int count)
    {
        using var scope = NewDisposeScope();
        var matrix = randn([Side, Side]);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            using var inner = NewDisposeScope();
            long started = Stopwatch.GetTimestamp();
            matrix.mm(matrix);
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        })];
    }
}
