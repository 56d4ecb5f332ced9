using LrcnLab.Core.Datasets;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Features;

/// <summary>Reads the kept features of clips, float32 <c>[T, F]</c>: of the same frames that <see cref="ClipReader"/> would read. Thread-safe.</summary>
public sealed class FeatureReader : IDisposable
{
    private const int ClipLengthOnStack = 512;

    private readonly FeaturePlan _plan;
    private readonly PreparedFrames _features;
    private readonly RunSpec _spec;

    private FeatureReader(FeaturePlan plan, PreparedFrames features, RunSpec spec, DatasetManifest manifest, double secondsNow)
    {
        (_plan, _features, _spec) = (plan, features, spec);
        long kept = Enumerable.Range(0, manifest.Samples.Count).Sum(i => (long)plan.Kept(i));
        long each = manifest.Samples.Select((s, i) => s.Split == Split.Test ? 0L : ClipSampler.Length(spec.Data, plan.FrameCounts[i])).Sum();
        Saving = new FeatureSaving(kept, plan.Key.Features!.Values, features.ComputingSeconds, secondsNow, each);
        Clips = new ClipSource(Read, checked(spec.Data.ClipLength * features.FrameBytes), plan.Key.Features.Values);
    }

    public ClipSource Clips { get; }

    public FeatureSaving Saving { get; }

    /// <summary>Computes what is missing and opens it.</summary>
    /// <param name="manifest">The data-set version.</param>
    /// <param name="spec">Keeps features, see <see cref="FeatureCache"/>.</param>
    /// <param name="weights">That the run begins with, by the model's names; null for those that its seed gives. Others than the backbone's are ignored.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="preparedRoot">Folder of all prepared frames.</param>
    /// <param name="frames">Prepared frames; asked for only if features are missing.</param>
    /// <param name="progress">Frames done and to do.</param>
    /// <param name="ct">Cancels within a few frames.</param>
    /// <exception cref="Media.Decoding.MediaException">A file is gone, changed or broken, or the disk is too small.</exception>
    public static FeatureReader Open(
        DatasetManifest manifest, RunSpec spec, IReadOnlyDictionary<string, Tensor>? weights, Device device, string preparedRoot, Func<PreparedFrames> frames, Action<long, long>? progress, CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        using LrcnModel model = LrcnModel.Initial(spec, manifest.Classes.Count);
        if (weights is not null)
            model.TakeBackbone(weights);
        model.to(device);
        var preparer = new FeaturePreparer(manifest, spec, model, device, frames);
        string folder = preparer.Prepare(preparedRoot, progress, ct);
        return new FeatureReader(preparer.Plan, PreparedFrames.Open(folder), spec, manifest, preparer.Seconds);
    }

    private int Read(int sample, int? epoch, double place, Span<byte> clip)
    {
        int frames = _plan.FrameCounts[sample], length = ClipSampler.Length(_spec.Data, frames), bytes = _features.FrameBytes;
        Span<int> indices = length <= ClipLengthOnStack ? stackalloc int[length] : new int[length];
        if (epoch is { } e)
            ClipDraw.Of(_spec.Data, _spec.Augmentation, _spec.Training.Seed, e, sample, frames, indices);
        else
            ClipSampler.Fixed(_spec.Data, frames, place, indices);
        _features.CheckStillWhole(sample);
        for (int t = 0; t < length; t++)
            _features.Frame(sample, _plan.Place(sample, indices[t])).CopyTo(clip.Slice(t * bytes, bytes));
        clip[(length * bytes)..].Clear(); // What lies there is multiplied with 0, which a NaN would survive.
        return length;
    }

    public void Dispose() => _features.Dispose();
}
