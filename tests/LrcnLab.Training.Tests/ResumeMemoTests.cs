using LrcnLab.Core.Specs;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests;

public sealed class ResumeMemoTests
{
    [Fact]
    public void Remember_HoldsForRunsOfTheSameKindOnly()
    {
        using var job = new SyntheticJob();
        string folder = Path.Combine(job.Folder, "checks");
        ResumeMemo Memo(Func<RunSpec, RunSpec> change, Precision precision = Precision.Float32) => new(job.Job() with { ResumeChecks = folder, Spec = change(job.Spec) }, CPU, precision);
        Assert.False(Memo(s => s).IsKnown);

        Memo(s => s).Remember();

        Assert.True(Memo(s => s).IsKnown);
        Assert.True(Memo(s => s with { Training = s.Training with { Seed = 9, Epochs = 50 }, Model = s.Model with { Weights = "others" } }).IsKnown);
        Assert.False(Memo(s => s with { Training = s.Training with { BatchSize = 4 } }).IsKnown);
        Assert.False(Memo(s => s with { Optimizer = s.Optimizer with { Kind = OptimizerKind.Sgd } }).IsKnown);
        Assert.False(Memo(s => s with { Model = s.Model with { Sequence = s.Model.Sequence with { Hidden = 13 } } }).IsKnown);
        Assert.False(Memo(s => s, Precision.Bfloat16).IsKnown);
        Assert.False(new ResumeMemo(job.Job(), CPU, Precision.Float32).IsKnown);
    }

    [Fact]
    public void Train_OfAKindThatWasTried_ReadsNoClipsForIt()
    {
        RunSpec spec = SyntheticJob.SmallSpec with { Training = SyntheticJob.SmallSpec.Training with { Epochs = 1, SanityPass = false } };
        using var job = new SyntheticJob(spec);
        TrainingJob remembering = job.Job() with { ResumeChecks = Path.Combine(job.Folder, "checks") };

        Assert.Equal((Reads(remembering), Reads(remembering)), (21 + 9 + 3 * 2, 21 + 9));

        int Reads(TrainingJob of)
        {
            int reads = 0;
            Trainer.Run(of with { Clips = job.Clips with { Read = (sample, epoch, place, clip) => Interlocked.Increment(ref reads) > 0 ? job.Read(sample, epoch, place, clip) : 0 } }, CPU);
            return reads;
        }
    }
}
