using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training;
using LrcnLab.Training.Clips;
using static TorchSharp.torch;

namespace LrcnLab.Benchmarks;

/// <summary>A whole training step of the seed model, from bytes to updated weights.</summary>
internal sealed class SeedStep : IDisposable
{
    public const int Classes = 101;

    private readonly Learner _learner;
    private readonly ClipBatch _batch;
    private long _step;

    public SeedStep(int threads, Precision precision = Precision.Float32, int clips = 8, int frames = 16, int size = 80)
    {
        (Threads, Clips, Frames, Size) = (threads, clips, frames, size);
        Spec = Presets.KerasPost.Spec with
        {
            Data = Presets.KerasPost.Spec.Data with { ClipLength = frames, Width = size, Height = size },
            Training = Presets.KerasPost.Spec.Training with { BatchSize = clips },
        };
        _learner = new Learner(Spec, [.. Enumerable.Range(0, clips)], [.. Enumerable.Range(0, clips)], Classes, CPU, precision);
        byte[] pixels = new byte[clips * Spec.Data.ClipBytes()];
        new Random(1).NextBytes(pixels);
        _batch = new ClipBatch(pixels, [.. Enumerable.Range(0, clips)], [.. Enumerable.Repeat(frames, clips)]);
        _learner.BeginTraining();
    }

    public RunSpec Spec { get; }
    public int Threads { get; }
    public int Clips { get; }
    public int Frames { get; }
    public int Size { get; }

    /// <summary>Floating-point operations of a step: the backward pass takes twice the forward one.</summary>
    public double Flops => 3.0 * Clips * ModelPlanner.Plan(Spec, Classes).FlopsPerClip;

    /// <summary>Milliseconds of each of <paramref name="count"/> steps.</summary>
    public double[] Run(int count) => [.. Enumerable.Range(0, count).Select(_ => _learner.Step([_batch], Clips, _step++, 1e-5).Times.Total)];

    public void Dispose() => _learner.Dispose();
}
