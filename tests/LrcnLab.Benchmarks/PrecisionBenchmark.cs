using LrcnLab.Core.Specs;

namespace LrcnLab.Benchmarks;

internal static class PrecisionBenchmark
{
    private const int StepsARound = 4;

    /// <summary>At 8 clips, as <see cref="StepBenchmark"/> has them, and at the 32 of the preset, where optimizer and LSTM weigh less.</summary>
    public static int Run(int threads, int rounds)
    {
        foreach (int clips in (int[])[8, 32])
            Compare(BareStep.SeedSpec with { Training = BareStep.SeedSpec.Training with { BatchSize = clips } }, threads, rounds);
        return 0;
    }

    private static void Compare(RunSpec spec, int threads, int rounds)
    {
        using BareStep single = new(spec, BareStep.SeedClasses), half = new(spec, BareStep.SeedClasses, Precision.Bfloat16);
        single.Run(2);
        half.Run(2);
        List<double> singles = [], halves = [];
        for (int round = 0; round < rounds; round++)
        {
            singles.AddRange(single.Milliseconds(StepsARound));
            halves.AddRange(half.Milliseconds(StepsARound));
        }

        Report.Line($"seed model, {BareStep.Describe(spec)}, {threads} threads, {rounds} rounds of {StepsARound}");
        Report.Times("float32", singles, spec.Training.BatchSize);
        Report.Times("bfloat16", halves, spec.Training.BatchSize);
        Report.Line($"ratio of medians {Report.Median(singles) / Report.Median(halves):0.00}, of fastest {singles.Min() / halves.Min():0.00}");
    }
}
