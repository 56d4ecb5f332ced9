using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Evaluation;
using LrcnLab.Training.Models;
using LrcnLab.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <param name="Loss">Before the update, with label smoothing, class weights and mixup.</param>
/// <param name="Accuracy">Of these clips, before the update.</param>
/// <param name="GradientNorm">Of all gradients together, before clipping.</param>
/// <param name="Samples">The clips' samples, in order.</param>
/// <param name="Frames">Frames that were learned from.</param>
/// <param name="Times">Where the time went.</param>
internal readonly record struct StepResult(double Loss, double Accuracy, double GradientNorm, IReadOnlyList<int> Samples, long Frames, StepTimes Times)
{
    public bool IsFinite => double.IsFinite(Loss) && double.IsFinite(GradientNorm);
}

/// <summary>Milliseconds of one step.</summary>
/// <param name="Data">Waiting for clips and turning them into tensors.</param>
/// <param name="Forward">Model and loss.</param>
/// <param name="Backward">Gradients.</param>
/// <param name="Optimizer">Clipping, update, weight average.</param>
internal readonly record struct StepTimes(double Data, double Forward, double Backward, double Optimizer)
{
    public double Total => Data + Forward + Backward + Optimizer;
}

/// <summary>One optimizer update from one or more batches; leaves no tensor behind.</summary>
internal sealed class TrainStep(RunSpec spec, LrcnModel model, ModelOptimizer optimizer, TrainingLoss loss, IReadOnlyList<int> labels, Device device, Bfloat16Copy? half)
{
    /// <summary>Does nothing to the weights when loss or gradient is not finite.</summary>
    /// <param name="batches">Clips to learn from; each is done with when the next is asked for.</param>
    /// <param name="clips">Clips of all batches together.</param>
    /// <param name="step">Updates done before; decides dropout and mixup.</param>
    /// <param name="learningRate">Of this update.</param>
    public StepResult Run(IEnumerable<ClipBatch> batches, int clips, long step, double learningRate)
    {
        using var scope = NewDisposeScope();
        var watch = new PhaseWatch(device);
        double total = 0, right = 0;
        long frames = 0;
        var samples = new List<int>(clips);
        optimizer.ZeroGradients();
        half?.TakeWeights();
        int portion = 0;
        foreach (ClipBatch batch in batches)
        {
            double share = (double)batch.Samples.Length / clips;
            var (batchLoss, accuracy) = Accumulate(batch, share, SeedOf(spec.Training.Seed, step, portion++), watch);
            (total, right) = (total + share * batchLoss, right + share * accuracy);
            samples.AddRange(batch.Samples);
            frames += batch.Lengths.Sum();
        }

        half?.GiveGradients();
        double norm = optimizer.ClipGradients(spec.Training.GradientClip, spec.Training.GradientClipValue);
        if (double.IsFinite(total) && double.IsFinite(norm))
            optimizer.Step(learningRate, step);
        watch.End(Phase.Optimizer);
        return new StepResult(total, right, norm, samples, frames, watch.Times);
    }

    /// <summary>Adds the gradients of one batch, weighted by its share of the clips.</summary>
    private (double Loss, double Accuracy) Accumulate(ClipBatch batch, double share, ulong seed, PhaseWatch watch)
    {
        using var scope = NewDisposeScope();
        using Generator generator = manual_seed((long)(seed >> 1));
        long[]? lengths = batch.LengthsUnlessAll(spec.Data.ClipLength);
        bool mixed = spec.Training.Mixup > 0;
        Tensor input = ClipTensors.Clips(batch, spec.Data, device, half is not null && !mixed); // [N, T, C, H, W] or [N, T, F]
        Tensor truth = ClipTensors.Labels(batch, labels, device); // [N]
        double blend = 1;
        Tensor? partner = null;
        if (mixed)
        {
            blend = new SplitMix(seed).NextBeta(spec.Training.Mixup);
            (input, partner) = (blend * input + (1 - blend) * input.flip(0), truth.flip(0));
        }

        watch.End(Phase.Data);
        if (half is not null && mixed)
            input = input.to(bfloat16);
        Tensor Loss(Tensor logits) => share * loss.Of(logits, truth, lengths, blend, partner);
        Tensor logits, weighted;
        if (spec.Resources.RecomputeFrames > 0 && batch.Features == 0)
        {
            (logits, weighted) = new RecomputedPass(model, spec.Resources.RecomputeFrames).Run(input, lengths, Loss, watch);
        }
        else
        {
            logits = model.Run(input, lengths, half?.Model ?? model); // [N, K] or [N, T, K]
            weighted = Loss(logits);
            watch.End(Phase.Forward);
            weighted.backward();
        }

        watch.End(Phase.Backward);
        using var noGradient = no_grad();
        Tensor answers = Outputs.Probabilities(logits.detach().to(float32), lengths).argmax(1);
        double accuracy = answers.eq(blend >= 0.5 ? truth : partner!).to(float32).mean().item<float>();
        return (weighted.item<float>() / share, accuracy);
    }

    /// <summary>Dropout as a function of seed, step and batch: a resumed run draws the same masks without a saved generator.</summary>
    private static ulong SeedOf(int seed, long step, int portion) => new SplitMix(new SplitMix((ulong)seed).Next() ^ (ulong)step ^ ((ulong)portion << 48)).Next();
}
