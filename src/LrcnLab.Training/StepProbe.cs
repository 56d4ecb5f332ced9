using LrcnLab.Core.Models;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Clips;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>What a step costs here, without any data and with features that are there already where they are kept: one to warm up and two that are measured, on clips of noise.</summary>
public static class StepProbe
{
    private const int Steps = 2;

    /// <param name="spec">Whose model, clips and batches are used.</param>
    /// <param name="classes">K</param>
    /// <param name="device">Where it is computed.</param>
    public static StepCost Measure(RunSpec spec, int classes, Device device)
    {
        Precision precision = spec.Resources.Precision == Precision.Bfloat16 ? Precision.Bfloat16 : Precision.Float32;
        int clips = spec.Training.BatchSize;
        ClipBatch batch = NoiseClips.Batch(spec, FeatureCache.IsUsed(spec) ? FeatureCache.Values(spec) : 0);
        using var learner = new Learner(spec, [.. Enumerable.Range(0, clips).Select(i => i % classes)], [.. Enumerable.Range(0, clips)], classes, device, precision);
        // As it is when all learn that are to: what is frozen at first takes less.
        learner.BeginTraining(freeze: false);
        double fastest = double.PositiveInfinity;
        for (int step = 0; step <= Steps; step++)
        {
            double seconds = learner.Step(Enumerable.Repeat(batch, spec.Training.Accumulation), clips * spec.Training.Accumulation, step, spec.Optimizer.LearningRate).Times.Total / 1000;
            // In the first, kernels are prepared.
            if (step > 0)
                fastest = Math.Min(fastest, seconds);
        }

        return new StepCost(fastest, device.type == DeviceType.CPU ? ProcessMemory.PeakBytes : 0, device.type == DeviceType.CPU ? "cpu" : device.ToString());
    }
}
