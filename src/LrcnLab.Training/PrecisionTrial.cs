using System.Globalization;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Clips;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Which precision is faster for this model on this machine: a few steps with each, on clips of noise.</summary>
internal static class PrecisionTrial
{
    private const int Steps = 3;

    /// <param name="spec">Whose batch size and clips are used.</param>
    /// <param name="features">F where features are kept, else 0.</param>
    /// <param name="create">Makes a learner of a precision.</param>
    /// <returns>The faster one, and a sentence with both times.</returns>
    public static (Precision Choice, string Report) Run(RunSpec spec, int features, Func<Precision, Learner> create)
    {
        ClipBatch batch = NoiseClips.Batch(spec, features);
        batch = batch with { Samples = new int[batch.Samples.Length] };
        double single = Milliseconds(create(Precision.Float32), batch, double.PositiveInfinity), half = Milliseconds(create(Precision.Bfloat16), batch, 3 * single);
        Precision choice = half < single ? Precision.Bfloat16 : Precision.Float32;
        return (choice, string.Create(CultureInfo.InvariantCulture, $"A step takes {single:0} ms in float32 and {half:0} ms in bfloat16 here: the run uses {SpecField.Word(choice)}."));
    }

    /// <summary>Of the fastest step; the first, in which kernels are prepared, counts only when it took longer than <paramref name="hopeless"/>, and is the last then.</summary>
    private static double Milliseconds(Learner learner, ClipBatch batch, double hopeless)
    {
        using (learner)
        using (NewDisposeScope())
        {
            learner.BeginTraining();
            double first = Step(0);
            return first > hopeless ? first : Enumerable.Range(1, Steps).Min(Step);
        }

        double Step(int step) => learner.Step([batch], batch.Samples.Length, step, 0).Times is var t ? t.Forward + t.Backward + t.Optimizer : 0;
    }
}
