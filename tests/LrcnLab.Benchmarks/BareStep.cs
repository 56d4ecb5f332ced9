using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training;
using LrcnLab.Training.Clips;
using static TorchSharp.torch;

namespace LrcnLab.Benchmarks;

/// <summary>Whole training steps, from bytes to updated weights, on one batch that is in memory already.</summary>
internal sealed class BareStep : IDisposable
{
    private readonly Learner _learner;
    private readonly int _classes;
    private readonly ClipBatch _batch;
    private long _step;

    public BareStep(RunSpec spec, int classes, Precision precision = Precision.Float32)
    {
        (Spec, _classes) = (spec, classes);
        int clips = spec.Training.BatchSize;
        int[] labels = [.. Enumerable.Range(0, clips).Select(i => i % classes)];
        _learner = new Learner(spec, labels, labels, classes, CPU, precision);
        byte[] pixels = new byte[clips * spec.Data.ClipBytes()];
        new Random(1).NextBytes(pixels);
        _batch = new ClipBatch(pixels, [.. Enumerable.Range(0, clips)], [.. Enumerable.Repeat(spec.Data.ClipLength, clips)]);
        _learner.BeginTraining();
    }

    public RunSpec Spec { get; }

    /// <summary>Floating-point operations of a step: the backward pass takes twice the forward one.</summary>
    public double Flops => 3.0 * Spec.Training.BatchSize * ModelPlanner.Plan(Spec, _classes).FlopsPerClip;

    /// <summary>Where the time of each of <paramref name="count"/> steps went.</summary>
    public StepTimes[] Run(int count) => [.. Enumerable.Range(0, count).Select(_ => Step(_batch))];

    /// <summary>Milliseconds of each of <paramref name="count"/> steps.</summary>
    public double[] Milliseconds(int count) => [.. Run(count).Select(t => t.Total)];

    /// <summary>One step on other clips, whose samples are below the batch size.</summary>
    public StepTimes Step(ClipBatch batch) => _learner.Step([batch], batch.Samples.Length, _step++, 1e-5).Times;

    public void Dispose() => _learner.Dispose();

    /// <summary>The seed model: 8 clips of 16x80x80, 101 classes.</summary>
    public static BareStep Seed(Precision precision = Precision.Float32) => new(SeedSpec, SeedClasses, precision);

    public const int SeedClasses = 101;

    public static RunSpec SeedSpec => Presets.KerasPost.Spec with
    {
        Data = Presets.KerasPost.Spec.Data with { ClipLength = 16, Width = 80, Height = 80 },
        Training = Presets.KerasPost.Spec.Training with { BatchSize = 8 },
    };

    public static string Describe(RunSpec spec) => $"{spec.Training.BatchSize} clips of {spec.Data.ClipLength}x{spec.Data.Height}x{spec.Data.Width}x{spec.Data.Channels()}";
}
