using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Features;

/// <summary>Computes the features of a frozen backbone once and keeps them beside the prepared frames, in the same kind of folder: checked, shared by processes, continued after a kill.</summary>
internal sealed class FeaturePreparer
{
    private const int MaxShardFrames = 2048, MinShards = 32;

    private static readonly Lock Gate = new();

    private readonly DatasetManifest _manifest;
    private readonly RunSpec _spec;
    private readonly LrcnModel _model;
    private readonly Device _device;
    private readonly Lazy<PreparedFrames> _frames;
    private readonly int _threads = get_num_threads();

    /// <param name="manifest">The data-set version.</param>
    /// <param name="spec">Keeps features.</param>
    /// <param name="model">On the device, with the weights that the run begins with; left in evaluation mode.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="frames">Prepared frames; asked for only if features are missing.</param>
    public FeaturePreparer(DatasetManifest manifest, RunSpec spec, LrcnModel model, Device device, Func<PreparedFrames> frames)
    {
        (_manifest, _spec, _model, _device, _frames) = (manifest, spec, model, device, new Lazy<PreparedFrames>(frames));
        Plan = FeaturePlan.Of(manifest, spec, model);
        model.eval();
    }

    public FeaturePlan Plan { get; }

    /// <summary>Seconds that <see cref="Prepare"/> computed.</summary>
    public double Seconds { get; private set; }

    /// <param name="preparedRoot">Folder of all prepared frames.</param>
    /// <param name="progress">Frames done and to do; never called from several threads at once.</param>
    /// <param name="ct">Cancels within a few frames; what is whole by then is kept.</param>
    /// <returns>The folder to open. An intact one is returned at once, of a damaged one only what is damaged is computed again.</returns>
    /// <exception cref="Media.Decoding.MediaException">A file is gone, changed or broken, or the disk is too small.</exception>
    public string Prepare(string preparedRoot, Action<long, long>? progress, CancellationToken ct)
    {
        Range[] shards = Shards();
        try
        {
            return PreparedFolder.Ensure(preparedRoot, Plan.Key, Layout(shards), (shard, output, cancel) =>
            {
                lock (Gate)
                    Write(shards[shard], output, cancel);
            }, thorough: false, progress, ct);
        }
        finally
        {
            if (_frames.IsValueCreated)
                _frames.Value.Dispose();
        }
    }

    /// <summary>Whole samples, so many that a kill costs little.</summary>
    private Range[] Shards()
    {
        long all = Enumerable.Range(0, _manifest.Samples.Count).Sum(i => (long)Plan.Kept(i)), wanted = Math.Clamp(all / MinShards, 1, MaxShardFrames), frames = 0;
        var shards = new List<Range>();
        int from = 0;
        for (int i = 0; i < _manifest.Samples.Count; i++)
        {
            frames += Plan.Kept(i);
            if (frames < wanted && i < _manifest.Samples.Count - 1)
                continue;
            shards.Add(from..(i + 1));
            (from, frames) = (i + 1, 0);
        }

        return [.. shards];
    }

    private PreparedLayout Layout(Range[] shards)
    {
        int[][] places = new int[_manifest.Samples.Count][];
        var planned = new PlannedShard[shards.Length];
        for (int shard = 0; shard < shards.Length; shard++)
        {
            var content = new StringBuilder(Plan.Key.Features!.Content);
            int first = 0;
            for (int i = shards[shard].Start.Value; i < shards[shard].End.Value; i++)
            {
                Sample sample = _manifest.Samples[i];
                places[i] = [shard, first, Plan.Kept(i)];
                first += Plan.Kept(i);
                content.Append(CultureInfo.InvariantCulture, $"\n{sample.Sha256} {sample.FrameRate} {sample.Start} {sample.Frames}");
            }

            planned[shard] = new PlannedShard(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToString()))), first);
        }

        return new PreparedLayout(_manifest.Name, planned, places);
    }

    private void Write(Range shard, ShardOutput output, CancellationToken ct)
    {
        PreparedFrames frames = _frames.Value;
        long started = Stopwatch.GetTimestamp();

        // The number belongs to a thread, and this may be any.
        set_num_threads(_threads);
        if (_device.type == DeviceType.CUDA)
            backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = false;
        var wanted = Enumerable.Range(shard.Start.Value, shard.End.Value - shard.Start.Value).SelectMany(sample => Enumerable.Range(0, Plan.Kept(sample)).Select(i => (Sample: sample, Frame: Plan.Used[sample]?[i] ?? i)));
        DataSpec one = _spec.Data with { ClipLength = 1 };
        byte[] pixels = new byte[FeatureCache.FramesAtOnce * frames.FrameBytes];
        using var noGradient = no_grad();
        foreach ((int Sample, int Frame)[] part in wanted.Chunk(FeatureCache.FramesAtOnce))
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            for (int i = 0; i < part.Length; i++)
            {
                frames.CheckStillWhole(part[i].Sample);
                frames.Frame(part[i].Sample, part[i].Frame).CopyTo(pixels.AsSpan(i * frames.FrameBytes));
            }

            var batch = new ClipBatch(pixels, new int[part.Length], [.. Enumerable.Repeat(1, part.Length)]);
            Tensor features = _model.Features(ClipTensors.Clips(batch, one, _device).flatten(0, 1)).to(float32).cpu().contiguous(); // [M, F]
            output.Write(features.bytes);
            output.Report(part.Length);
        }

        output.Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Seconds += output.Seconds;
    }
}
