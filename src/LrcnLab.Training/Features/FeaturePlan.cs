using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Features;

/// <summary>Which features of which frames a run needs.</summary>
/// <param name="Key">The same for all runs that need the same: hash of the backbone with its weights, of how pixels come to it, and of the frames.</param>
/// <param name="FrameCounts">Frames of each sample's video.</param>
/// <param name="Used">Of each sample the frames that are kept, in order; null for all.</param>
internal sealed record FeaturePlan(PreparedKey Key, int[] FrameCounts, int[]?[] Used)
{
    /// <summary>To be raised whenever the same weights and frames give other features: what was kept before is then made again.</summary>
    private const string Method = "features, 1";

    /// <summary>Features kept of a sample.</summary>
    public int Kept(int sample) => Used[sample]?.Length ?? FrameCounts[sample];

    /// <summary>Where the features of a frame lie among those of its sample.</summary>
    /// <exception cref="ArgumentException">The plan did not foresee that this frame is wanted.</exception>
    public int Place(int sample, int frame)
    {
        int place = Used[sample] is { } used ? Array.BinarySearch(used, frame) : frame;
        return place >= 0 ? place : throw new ArgumentException($"The features of frame {frame} of sample {sample} are not kept.", nameof(frame));
    }

    /// <param name="manifest">The data-set version.</param>
    /// <param name="spec">Keeps features, see <see cref="FeatureCache"/>.</param>
    /// <param name="model">With the weights that the run begins with.</param>
    public static FeaturePlan Of(DatasetManifest manifest, RunSpec spec, LrcnModel model)
    {
        int[] counts = [.. manifest.Samples.Select(s => FrameTicks.Count(s, spec.Data.FrameRate))];
        int[]?[] used = [.. manifest.Samples.Select((s, i) => FramesUsed.Of(spec, s.Split, counts[i]))];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BackboneSpec backbone = spec.Model.Backbone with { Freeze = BackboneFreeze.None, FreezeUpTo = "", Dropout = 0 };
        hash.AppendData(Encoding.UTF8.GetBytes($"{Method}\n{JsonSerializer.Serialize(backbone, LabJson.Options)}\n{spec.Data.Normalization}\n"));
        AppendWeights(hash, model);
        foreach (int[]? frames in used)
            hash.AppendData(Encoding.UTF8.GetBytes(frames is null ? "all\n" : string.Join(',', frames) + "\n"));
        var features = new FeatureKey(Convert.ToHexStringLower(hash.GetHashAndReset()), FeatureCache.Values(spec));
        return new FeaturePlan(PreparedKey.Of(manifest, spec.Data) with { Features = features }, counts, used);
    }

    private static void AppendWeights(IncrementalHash hash, LrcnModel model)
    {
        PlanLayer[] layers = [.. model.Plan.Layers.Take(model.Plan.BackboneLayers)];
        using var scope = NewDisposeScope();
        foreach (var (name, value) in model.state_dict().Where(w => LrcnModel.IsOf(w.Key, layers) && !LrcnModel.IsCount(w.Key)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {value.dtype} {string.Join('x', value.shape)}\n"));
            hash.AppendData(value.detach().cpu().contiguous().bytes);
        }
    }
}
