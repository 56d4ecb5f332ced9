using LrcnLab.Core.Specs;

namespace LrcnLab.Benchmarks;

internal static class PrecisionBenchmark
{
    private const int StepsARound = 4;

    public static int Run(int threads, int rounds)
    {
        using var single = new SeedStep(threads);
        using var half = new SeedStep(threads, Precision.Bfloat16);
        single.Run(2);
        half.Run(2);
        List<double> singles = [], halves = [];
        for (int round = 0; round < rounds; round++)
        {
            singles.AddRange(single.Run(StepsARound));
            halves.AddRange(half.Run(StepsARound));
        }

        Report.Line($"seed model, {single.Clips} clips of {single.Frames}x{single.Size}x{single.Size}, {threads} threads, {rounds} rounds of {StepsARound}");
        Report.Times("float32", singles, single.Clips);
        Report.Times("bfloat16", halves, half.Clips);
        Report.Line($"ratio of medians {Report.Median(singles) / Report.Median(halves):0.00}, of fastest {singles.Min() / halves.Min():0.00}");
        return 0;
    }
}
