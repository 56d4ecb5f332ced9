using LrcnLab.Core.Specs;

namespace LrcnLab.Benchmarks;

internal static class PrecisionBenchmark
{
    private const int StepsARound = 4;

    public static int Run(int threads, int rounds)
    {
        using BareStep single = BareStep.Seed(), half = BareStep.Seed(Precision.Bfloat16);
        single.Run(2);
        half.Run(2);
        List<double> singles = [], halves = [];
        for (int round = 0; round < rounds; round++)
        {
            singles.AddRange(single.Milliseconds(StepsARound));
            halves.AddRange(half.Milliseconds(StepsARound));
        }

        Report.Line($"seed model, {BareStep.Describe(single.Spec)}, {threads} threads, {rounds} rounds of {StepsARound}");
        Report.Times("float32", singles, single.Spec.Training.BatchSize);
        Report.Times("bfloat16", halves, half.Spec.Training.BatchSize);
        Report.Line($"ratio of medians {Report.Median(singles) / Report.Median(halves):0.00}, of fastest {singles.Min() / halves.Min():0.00}");
        return 0;
    }
}
