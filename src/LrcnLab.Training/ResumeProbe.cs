using System.Security.Cryptography;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Whether training that goes on from a checkpoint gives the same weights bit for bit: tried with a few clips before the run itself begins.</summary>
internal static class ResumeProbe
{
    private const int Clips = 2;

    /// <param name="job">Supplies clips and a folder for the checkpoint, which is removed again.</param>
    /// <param name="create">Makes a learner in its initial state.</param>
    /// <param name="train">Indices of the train split.</param>
    /// <param name="state">State of a run that has not begun.</param>
    /// <returns>Null when all tensors are equal, else the name of the first that is not.</returns>
    public static string? Run(TrainingJob job, Func<Learner> create, int[] train, CheckpointState state)
    {
        using var scope = NewDisposeScope();
        int[] samples = [.. train.Take(Math.Min(Clips, job.Spec.Training.BatchSize))];
        string path = Path.Combine(job.Output, "resume-probe.zip");
        try
        {
            var straight = Straight(job, create, samples, path, state);
            return straight.Zip(Resumed(job, create, samples, path)).FirstOrDefault(t => t.First != t.Second).First.Name;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (string Name, string Sha256)[] Straight(TrainingJob job, Func<Learner> create, int[] samples, string path, CheckpointState state)
    {
        using Learner learner = create();
        Step(job, learner, samples, 0);
        CheckpointWriter.Write(path, new CheckpointHeader(state with { Step = 1 }, job.Spec, job.Manifest.Classes), learner.Weights(), learner.TrainingState());
        Step(job, learner, samples, 1);
        return Hashes(learner);
    }

    private static (string Name, string Sha256)[] Resumed(TrainingJob job, Func<Learner> create, int[] samples, string path)
    {
        using Learner learner = create();
        var (checkpoint, refusal) = Checkpoint.Read(path);
        using (checkpoint)
            learner.Restore(checkpoint ?? throw new InvalidDataException(refusal));
        Step(job, learner, samples, 1);
        return Hashes(learner);
    }

    /// <summary>Hashes, so that never more than one learner is in memory.</summary>
    private static (string Name, string Sha256)[] Hashes(Learner learner) =>
        [.. learner.Weights().Concat(learner.TrainingState()).Select(t => (t.Name, Convert.ToHexString(SHA256.HashData(t.Value.cpu().bytes))))];

    /// <summary>One update from the first clips of the train split, augmented as in the first epoch.</summary>
    private static void Step(TrainingJob job, Learner learner, int[] samples, long step)
    {
        ClipSource clips = job.Clips;
        byte[] bytes = new byte[samples.Length * clips.ClipBytes];
        int[] lengths = [.. samples.Select((sample, i) => clips.Read(sample, 1, 0.5, bytes.AsSpan(i * clips.ClipBytes, clips.ClipBytes)))];
        learner.BeginTraining();
        learner.Step([new ClipBatch(bytes, samples, lengths) { Features = clips.Features }], samples.Length, step, job.Spec.Optimizer.LearningRate);
    }
}
