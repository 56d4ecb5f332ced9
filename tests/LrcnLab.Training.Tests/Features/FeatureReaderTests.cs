using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Prepared;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Features;
using LrcnLab.Training.Models;
using SkiaSharp;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Features;

/// <summary>A frozen backbone whose features are kept, against the same one that computes them at each step. Videos are folders of noise.</summary>
public sealed class FeatureReaderTests : IDisposable
{
    private const int Frames = 7, Videos = 12;

    private static readonly RunSpec Spec = new()
    {
        Data = new DataSpec { Width = 16, Height = 12, ClipLength = 3, Normalization = ClipNormalization.Imagenet },
        Augmentation = new AugmentationSpec { TimeJitter = true, TimeReversal = true },
        Model = new ModelSpec
        {
            Backbone = new BackboneSpec { Convolutions = [new() { Filters = 5, Pool = 2 }], Normalization = FrameNormalization.Batch, Freeze = BackboneFreeze.All, Dropout = 0.1 },
            Sequence = new SequenceSpec { Hidden = 8 },
        },
        Optimizer = new OptimizerSpec { LearningRate = 1e-2 },
        Training = new TrainingSpec { Epochs = 2, BatchSize = 3 },
        Resources = new ResourceSpec { Device = DeviceKind.Cpu },
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lrcnlab-test-");
    private readonly DatasetManifest _manifest;
    private int _asked;

    public FeatureReaderTests() => _manifest = Draw();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Root => Path.Combine(_folder.FullName, "prepared");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(ClipSampling.Uniform, ShortVideos.Repeat)]
    [InlineData(ClipSampling.Contiguous, ShortVideos.Loop)]
    [InlineData(ClipSampling.Variable, ShortVideos.Pad)]
    [InlineData(ClipSampling.Skip, ShortVideos.Repeat)]
    public void Read_GivesTheFeaturesOfTheFramesThatAReaderOfFramesWouldGive(ClipSampling sampling, ShortVideos videos)
    {
        RunSpec spec = Spec with { Data = Spec.Data with { Sampling = sampling, ShortVideos = videos, ClipLength = sampling == ClipSampling.Variable ? Frames + 2 : 3 }, Evaluation = new EvaluationSpec { TestViews = 3 } };
        using FeatureReader features = Open(spec);
        using PreparedFrames frames = OpenFrames(spec);
        var reader = new ClipReader(frames, _manifest, spec.Data, spec.Augmentation, spec.Training.Seed);
        using var model = LrcnModel.Initial(spec, 2);
        model.eval();
        using var quiet = no_grad();
        foreach (int sample in Enumerable.Range(0, Videos))
        {
            double[] places = _manifest.Samples[sample].Split == Split.Test ? [1 / 6.0, 0.5, 5 / 6.0] : [0.5];
            foreach ((int? epoch, double place) in places.Select(p => ((int?)null, p)).Concat(_manifest.Samples[sample].Split == Split.Train ? [(1, 0.5), (2, 0.5)] : []))
            {
                using var scope = NewDisposeScope();
                Tensor kept = Clip(features.Clips, sample, epoch, place, spec, out int length), clip = Clip(new ClipSource(reader.Read, reader.ClipBytes), sample, epoch, place, spec, out int frameLength);
                Tensor expected = model.Features(clip[0]);

                Assert.Equal(frameLength, length);
                Assert.True(expected.slice(0, 0, length, 1).allclose(kept[0].slice(0, 0, length, 1), 1e-5, 1e-6), $"{sample} {epoch} {place}");
                Assert.Equal(0, kept[0].slice(0, length, spec.Data.ClipLength, 1).abs().sum().item<float>());
            }
        }
    }

    [Fact]
    public void Train_OnKeptFeatures_LearnsAsOnFramesAndSaysWhatItSaved()
    {
        using FeatureReader features = Open(Spec);
        using PreparedFrames frames = OpenFrames(Spec);
        var reader = new ClipReader(frames, _manifest, Spec.Data, Spec.Augmentation, Spec.Training.Seed);

        var (kept, events) = Train("kept", features.Clips, features.Saving);
        var (computed, _) = Train("computed", new ClipSource(reader.Read, reader.ClipBytes), null);

        Assert.Equal(Outcome.Completed, kept);
        Assert.Equal(computed, kept);
        Assert.Equal(_losses["computed"].Length, _losses["kept"].Length);
        Assert.All(_losses["computed"].Zip(_losses["kept"]), l => Assert.Equal(l.First, l.Second, 1e-4));
        double[] saved = [.. events.OfType<MetricEvent>().Where(m => m.Values.ContainsKey(MetricKeys.HoursSaved)).Select(m => m.Values[MetricKeys.HoursSaved])];
        FeatureSaving saving = features.Saving;
        Assert.Equal([saving.HoursAfter(1), saving.HoursAfter(2)], saved);
        Assert.True(saved[0] < saved[1]);
        Assert.Contains(events.OfType<LogEvent>(), l => l.Message == saving.Report);
        // Every frame of 6 videos in training, 3 of each other, and 3 each of 9 clips an epoch.
        Assert.Equal((6 * Frames + 6 * 3, 9 * 3), (saving.Frames, saving.FramesPerEpoch));
    }

    [Fact]
    public void Train_ThatGoesOnFromACheckpoint_EndsWithTheSameWeights()
    {
        using FeatureReader features = Open(Spec);
        Train("straight", features.Clips, features.Saving);
        var signal = new StopSignal();
        var (outcome, events) = Train("paused", features.Clips, features.Saving, signal: signal, observe: e => Pause(e, signal));
        Assert.Equal(Outcome.Paused, outcome);
        var (checkpoint, _) = Checkpoint.Read(Newest("paused", events));
        using (checkpoint)
        using (FeatureReader again = Open(Spec, checkpoint!.Weights))
            Assert.Equal(Outcome.Completed, Train("resumed", again.Clips, again.Saving, resume: checkpoint).Outcome);

        Assert.Equal(1, _asked);
        Assert.Equal(LastHash("straight"), LastHash("resumed"));

        static void Pause(WorkerEvent e, StopSignal signal)
        {
            if (e is MetricEvent { Step: 1 })
                signal.Ask(StopRequest.Pause);
        }
    }

    [Fact]
    public void Open_WhatIsThere_ComputesNothingAndNeedsNoFrames()
    {
        using (FeatureReader first = Open(Spec))
        {
            Assert.True(first.Saving.SecondsNow > 0);
            Assert.Equal(first.Saving.Seconds, first.Saving.SecondsNow, 1e-9);
        }

        // What decides neither features nor frames.
        RunSpec other = Spec with { Model = Spec.Model with { Sequence = new SequenceSpec { Hidden = 3 } }, Optimizer = new OptimizerSpec { LearningRate = 1e-4 } };
        using (FeatureReader second = Open(other))
            Assert.Equal(0, second.Saving.SecondsNow);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public void Open_WithOtherWeightsOrFrames_KeepsOtherFeatures()
    {
        Open(Spec).Dispose();
        Open(Spec with { Training = Spec.Training with { Seed = 2 } }).Dispose();
        Open(Spec with { Data = Spec.Data with { Normalization = ClipNormalization.Unit } }).Dispose();
        Open(Spec with { Augmentation = new AugmentationSpec() }).Dispose();

        Assert.Equal(4, _asked);
        Assert.Equal(4, Directory.GetDirectories(Root, "*-features-*").Length);
        Assert.Equal(5, PreparedStore.List(Root).Count(e => e.IsWhole));
        Assert.Equal(4, PreparedStore.RemoveUnused(Root, TimeSpan.Zero).Count(e => e.Folder.Contains("-features-", StringComparison.Ordinal)));
    }

    [Fact]
    public void Open_WithWeightsThatCountNoBatches_FindsTheSameFeatures()
    {
        using var model = LrcnModel.Initial(Spec, 2);
        Dictionary<string, Tensor> all = model.state_dict();
        Open(Spec, all).Dispose();
        Open(Spec, all.Where(w => !w.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToDictionary()).Dispose();

        Assert.Contains(all.Keys, k => k.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public void Open_AfterItWasCanceled_GoesOnWithWhatIsMissing()
    {
        using (var cancel = new CancellationTokenSource())
            Assert.ThrowsAny<OperationCanceledException>(() => Open(Spec, progress: (done, _) => CancelAt(done, 20, cancel), ct: cancel.Token));
        string[] whole = Directory.GetFiles(Root, "*.bin", SearchOption.AllDirectories).Where(f => f.Contains("-features-", StringComparison.Ordinal)).ToArray();
        DateTime[] before = [.. whole.Select(File.GetLastWriteTimeUtc)];

        Open(Spec).Dispose();

        Assert.NotEmpty(whole);
        Assert.Equal(before, whole.Select(File.GetLastWriteTimeUtc));

        static void CancelAt(long done, long at, CancellationTokenSource cancel)
        {
            if (done >= at)
                cancel.Cancel();
        }
    }

    private readonly Dictionary<string, double[]> _losses = [];
    private readonly Dictionary<string, List<WorkerEvent>> _events = [];

    private (Outcome Outcome, List<WorkerEvent> Events) Train(string name, ClipSource clips, FeatureSaving? saving, Checkpoint? resume = null, StopSignal? signal = null, Action<WorkerEvent>? observe = null)
    {
        List<WorkerEvent> events = _events[name] = [];
        var job = new TrainingJob
        {
            Spec = Spec,
            Manifest = _manifest,
            Clips = clips,
            Saving = saving,
            Output = Path.Combine(_folder.FullName, name),
            Resume = resume,
            Signal = signal ?? new StopSignal(),
            Prune = false,
            Emit = e =>
            {
                events.Add(e);
                observe?.Invoke(e);
            },
        };
        Directory.CreateDirectory(job.Output);
        Outcome outcome = Trainer.Run(job, CPU).Outcome;
        _losses[name] = [.. events.OfType<MetricEvent>().SelectMany(m => m.Values).Where(v => v.Key.EndsWith("/loss", StringComparison.Ordinal)).Select(v => v.Value)];
        return (outcome, events);
    }

    private string Newest(string name, List<WorkerEvent> events) => Path.Combine(_folder.FullName, name, events.OfType<CheckpointEvent>().Last(c => c.Kind == "last").File);

    private string LastHash(string name) => _events[name].OfType<CheckpointEvent>().Last(c => c.Kind == "last").WeightsSha256;

    private FeatureReader Open(RunSpec spec, IReadOnlyDictionary<string, Tensor>? weights = null, Action<long, long>? progress = null, CancellationToken? ct = null) =>
        FeatureReader.Open(_manifest, spec, weights, CPU, Root, () => OpenFrames(spec, ref _asked), progress, ct ?? Ct);

    private PreparedFrames OpenFrames(RunSpec spec)
    {
        int uncounted = 0;
        return OpenFrames(spec, ref uncounted);
    }

    private PreparedFrames OpenFrames(RunSpec spec, ref int counter)
    {
        counter++;
        return PreparedFrames.Open(FramePreparer.Prepare(_manifest, spec.Data, Root, null, Ct));
    }

    private static Tensor Clip(ClipSource source, int sample, int? epoch, double place, RunSpec spec, out int length)
    {
        byte[] bytes = new byte[source.ClipBytes];
        length = source.Read(sample, epoch, place, bytes);
        return ClipTensors.Clips(new ClipBatch(bytes, [sample], [length]) { Features = source.Features }, spec.Data, CPU);
    }

    /// <summary>Six videos to train on, three to validate, three to test.</summary>
    private DatasetManifest Draw()
    {
        var samples = new List<Sample>();
        for (int v = 0; v < Videos; v++)
        {
            string folder = Path.Combine(_folder.FullName, "videos", $"{v}");
            Directory.CreateDirectory(folder);
            var random = new Random(v);
            for (int f = 0; f < Frames; f++)
            {
                using var bitmap = new SKBitmap(16, 12);
                for (int i = 0; i < 16 * 12; i++)
                    bitmap.SetPixel(i % 16, i / 16, new SKColor((byte)random.Next(256), (byte)(f * 30), (byte)(v * 20)));
                using FileStream file = File.Create(Path.Combine(folder, $"f{f}.png"));
                bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
            }

            samples.Add(new Sample
            {
                Path = $"{v}",
                Label = v % 2,
                Split = v < 6 ? Split.Train : v < 9 ? Split.Validation : Split.Test,
                Frames = Frames,
                FrameRate = 0,
                Width = 16,
                Height = 12,
                Sha256 = MediaFile.Sha256(folder, Ct),
            });
        }

        return new DatasetManifest { Name = "noise", Layout = "folder-per-class", Root = Path.Combine(_folder.FullName, "videos"), Classes = ["a", "b"], Samples = samples };
    }
}
