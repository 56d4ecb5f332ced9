using LrcnLab.Core.Specs;
using LrcnLab.Training;

namespace LrcnLab.Benchmarks;

/// <summary>Where the time of a training step goes. With <c>ONEDNN_VERBOSE=1</c> the library tells each of its operations too.</summary>
internal static class PhaseBenchmark
{
    public static int Run(int threads, int rounds)
    {
        foreach (Precision precision in (Precision[])[Precision.Float32, Precision.Bfloat16])
        {
            using BareStep step = BareStep.Seed(precision);
            step.Run(2);
            StepTimes[] times = step.Run(rounds);
            Report.Line($"{precision,-10} data {Median(t => t.Data):0.0} ms, forward {Median(t => t.Forward):0.0} ms, backward {Median(t => t.Backward):0.0} ms, optimizer {Median(t => t.Optimizer):0.0} ms");
            double Median(Func<StepTimes, double> part) => Report.Median(times.Select(part));
        }

        return 0;
    }
}
