using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests;

/// <summary>A tiny training in memory: bright clips on noise move right (class 0), left (class 1) or stay (class 2).</summary>
internal sealed class SyntheticJob : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lrcnlab-test-");

    public SyntheticJob(RunSpec? spec = null, int train = 21, int validation = 9, int test = 0)
    {
        Spec = spec ?? SmallSpec;
        Manifest = ManifestOf(train, validation, test);
    }

    public static RunSpec SmallSpec { get; } = new()
    {
        Data = new DataSpec { ClipLength = 4, Width = 12, Height = 8, Color = ColorMode.Gray, Normalization = ClipNormalization.PerClip },
        Augmentation = new AugmentationSpec { Brightness = 0.2 },
        Model = new ModelSpec
        {
            Backbone = new BackboneSpec { Convolutions = [new() { Filters = 6, Pool = 2 }], Normalization = FrameNormalization.Batch, Dropout = 0.2 },
            Sequence = new SequenceSpec { Hidden = 12, InputDropout = 0.1 },
        },
        Optimizer = new OptimizerSpec { LearningRate = 1e-2 },
        Schedule = new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupSteps = 3 },
        Training = new TrainingSpec { Epochs = 3, BatchSize = 5, GradientClip = 5 },
        Resources = new ResourceSpec { Device = DeviceKind.Cpu },
    };

    public RunSpec Spec { get; }
    public DatasetManifest Manifest { get; }
    public string Folder => _folder.FullName;
    public List<WorkerEvent> Events { get; } = [];

    public TrainingJob Job(Action<WorkerEvent>? observe = null, Checkpoint? resume = null, StopSignal? signal = null) => new()
    {
        Spec = Spec,
        Manifest = Manifest,
        Clips = Clips,
        Output = Folder,
        Resume = resume,
        Signal = signal ?? new StopSignal(),
        Prune = false,
        Emit = e =>
        {
            Events.Add(e);
            observe?.Invoke(e);
        },
    };

    public ClipSource Clips => new(Read, Spec.Data.ClipBytes());

    public DoneEvent Train(Action<WorkerEvent>? observe = null, Checkpoint? resume = null, StopSignal? signal = null) => Trainer.Run(Job(observe, resume, signal), CPU);

    /// <summary>Path of the newest checkpoint of a kind.</summary>
    public string Newest(string kind) => Path.Combine(Folder, Events.OfType<CheckpointEvent>().Last(c => c.Kind == kind).File);

    public int Read(int sample, int? epoch, double place, Span<byte> clip)
    {
        DataSpec data = Spec.Data;
        SplitMix random = Shuffle.ForSample(Spec.Training.Seed, epoch ?? 0, sample);
        int light = (int)(random.NextUnit() * 60), direction = (Manifest.Samples[sample].Label + 1) % 3 - 1;
        for (int i = 0; i < clip.Length; i++)
            clip[i] = (byte)(random.NextUnit() * 40);
        int frame = data.Width * data.Height;
        for (int t = 0; t < data.ClipLength; t++)
        {
            int x = Math.Clamp(data.Width / 2 + direction * t, 0, data.Width - 1);
            for (int y = 0; y < data.Height; y++)
                clip[t * frame + y * data.Width + x] = (byte)(150 + light);
        }

        return data.Sampling == ClipSampling.Variable ? 2 + sample % (data.ClipLength - 1) : data.ClipLength;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static DatasetManifest ManifestOf(int train, int validation, int test) => new()
    {
        Name = "moves",
        Layout = "memory",
        Root = "/nowhere",
        Classes = ["left", "stay", "right"],
        Samples =
        [
            .. Enumerable.Range(0, train + validation + test).Select(i => new Sample
            {
                Path = $"{i}",
                Label = i % 3,
                Split = i < train ? Split.Train : i < train + validation ? Split.Validation : Split.Test,
                Frames = 4,
                FrameRate = 25,
                Width = 12,
                Height = 8,
                Sha256 = $"{i:x64}",
            }),
        ],
    };
}
