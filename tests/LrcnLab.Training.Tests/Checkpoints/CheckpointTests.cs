using System.IO.Compression;
using System.Security.Cryptography;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using Xunit;

namespace LrcnLab.Training.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly SyntheticJob _job = new(SyntheticJob.SmallSpec with { Training = SyntheticJob.SmallSpec.Training with { Epochs = 1 } });
    private readonly CheckpointEvent _announced;
    private readonly string _path;

    public CheckpointTests()
    {
        _job.Train();
        _announced = _job.Events.OfType<CheckpointEvent>().Last(c => c.Kind == "last");
        _path = Path.Combine(_job.Folder, _announced.File);
    }

    public void Dispose() => _job.Dispose();

    [Fact]
    public void File_AsAnnounced_IsAStoredZipWithTheWeightsFirst()
    {
        byte[] file = File.ReadAllBytes(_path);
        Assert.Equal(_announced.Bytes, file.Length);
        Assert.Equal(_announced.Sha256, Convert.ToHexStringLower(SHA256.HashData(file)));

        using ZipArchive archive = ZipFile.OpenRead(_path);
        Assert.Equal(["weights.safetensors", "training-state.safetensors", "state.json", "spec.json", "classes.json", "SHA256SUMS"], archive.Entries.Select(e => e.FullName));
        Assert.All(archive.Entries, e => Assert.Equal(e.Length, e.CompressedLength));
        Assert.Equal(_announced.WeightsBytes, archive.Entries[0].Length);
        using Stream weights = archive.Entries[0].Open();
        Assert.Equal(_announced.WeightsSha256, Convert.ToHexStringLower(SHA256.HashData(weights)));
    }

    [Fact]
    public void Read_OfATruncatedFile_RefusesAtEveryLength()
    {
        byte[] file = File.ReadAllBytes(_path);
        for (int length = 0; length < file.Length; length += 97)
        {
            File.WriteAllBytes(_path, file[..length]);
            var (checkpoint, refusal) = Checkpoint.Read(_path);
            Assert.Null(checkpoint);
            Assert.Contains("damaged", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_OfAnAlteredFile_NeverGivesOtherContent()
    {
        byte[] file = File.ReadAllBytes(_path);
        using Checkpoint original = Checkpoint.Read(_path).Checkpoint!;
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] altered = [.. file];
            altered[random.Next(altered.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_path, altered);

            // A bit that no reader looks at, such as a time stamp of the zip, may change; content may not.
            var (checkpoint, refusal) = Checkpoint.Read(_path);
            Assert.True(checkpoint is null != refusal is null);
            if (checkpoint is null)
                continue;
            Weights.AssertEqual(original.Weights, checkpoint.Weights);
            Weights.AssertEqual(original.Optimizer, checkpoint.Optimizer);
            checkpoint.Dispose();
        }
    }

    [Fact]
    public void Read_OfAMissingFile_NamesIt() => Assert.Equal("There is no checkpoint /no/such.zip.", Checkpoint.Read("/no/such.zip").Refusal);

    [Fact]
    public void Refusal_OfAnotherModel_NamesTheLayer()
    {
        RunSpec other = _job.Spec with { Model = _job.Spec.Model with { Sequence = new SequenceSpec { Hidden = 13, InputDropout = 0.1 } } };

        Assert.Contains("lstm (LSTM 12", Refusal(other), StringComparison.Ordinal);
        Assert.Contains("lstm (LSTM 13", Refusal(other), StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_OfOtherOrder_NamesTheSetting()
    {
        Assert.Contains("training.batchSize 5", Refusal(_job.Spec with { Training = _job.Spec.Training with { BatchSize = 6 } }), StringComparison.Ordinal);
        Assert.Contains("optimizer.kind", Refusal(_job.Spec with { Optimizer = new OptimizerSpec { Kind = OptimizerKind.Sgd } }), StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_OfMoreEpochsAndAnotherRate_IsNone() =>
        Assert.Null(Refusal(_job.Spec with { Training = _job.Spec.Training with { Epochs = 9 }, Optimizer = _job.Spec.Optimizer with { LearningRate = 1e-4 } }));

    [Fact]
    public void Refusal_OfOtherData_SaysSo()
    {
        using Checkpoint checkpoint = Checkpoint.Read(_path).Checkpoint!;

        Assert.Contains("another version of the data set", ResumeCheck.Refusal(checkpoint.Header, _job.Spec, _job.Manifest.Classes, "abc"), StringComparison.Ordinal);
        Assert.Contains("3 classes", ResumeCheck.Refusal(checkpoint.Header, _job.Spec, ["a", "b"], _job.Manifest.Hash()), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_IntoAFolderThatCannotBe_LeavesNothingBehind()
    {
        string file = Path.Combine(_job.Folder, "plain");
        File.WriteAllText(file, "");

        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(Path.Combine(file, "inside"), _ => { }));
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(Path.Combine(_job.Folder, "half"), _ => throw new IOException("disk full")));
        Assert.False(File.Exists(Path.Combine(_job.Folder, "half")) || File.Exists(Path.Combine(_job.Folder, "half.tmp")));
    }

    private string? Refusal(RunSpec spec)
    {
        using Checkpoint checkpoint = Checkpoint.Read(_path).Checkpoint!;
        return ResumeCheck.Refusal(checkpoint.Header, spec, _job.Manifest.Classes, _job.Manifest.Hash());
    }
}
