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
        int[] samples = [.. train.Take(Clips)];
        string path = Path.Combine(job.Output, "resume-probe.zip");
        try
        {
            using Learner straight = create();
            Step(job, straight, samples, 0);
            CheckpointWriter.Write(path, new CheckpointHeader(state with { Step = 1 }, job.Spec, job.Manifest.Classes), straight.Weights(), straight.TrainingState());
            Step(job, straight, samples, 1);

            using Learner resumed = create();
            var (checkpoint, refusal) = Checkpoint.Read(path);
            using (checkpoint)
                resumed.Restore(checkpoint ?? throw new InvalidDataException(refusal));
            Step(job, resumed, samples, 1);
            return straight.Weights().Concat(straight.TrainingState())
                .Zip(resumed.Weights().Concat(resumed.TrainingState()), (a, b) => (a.Name, Equal: a.Value.cpu().bytes.SequenceEqual(b.Value.cpu().bytes)))
                .FirstOrDefault(t => !t.Equal).Name;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>One update from the first clips of the train split, augmented as in the first epoch.</summary>
    private static void Step(TrainingJob job, Learner learner, int[] samples, long step)
    {
        DataSpec data = job.Spec.Data;
        byte[] pixels = new byte[samples.Length * data.ClipBytes()];
        int[] lengths = [.. samples.Select((sample, i) => job.Read(sample, 1, 0.5, pixels.AsSpan(i * data.ClipBytes(), data.ClipBytes())))];
        learner.BeginTraining();
        learner.Step([new ClipBatch(pixels, samples, lengths)], samples.Length, step, job.Spec.Optimizer.LearningRate);
    }
}
