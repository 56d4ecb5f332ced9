using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>
/// Makes prepared frames of optical flow from the prepared grey frames of the same size, rate and fit. Each sample has its own flow, which never looks past the
/// sample's last frame; samples that are the same part of the same file share it.
/// </summary>
public static class FlowPreparer
{
    /// <summary>To be raised whenever the same frames give another flow: what was prepared before is then made again.</summary>
    private const string Method = "tv-l1, 1";

    private const long MaxShardBytes = 64L << 20;

    /// <summary>Enough to keep many cores busy until the end.</summary>
    private const int MinShards = 64;

    private static readonly Lock DeviceGate = new();

    /// <summary>Bytes on disk that <see cref="Prepare"/> needs, the grey frames included, which other runs can use too.</summary>
    public static long EstimateBytes(DatasetManifest manifest, DataSpec data) =>
        FramePreparer.EstimateBytes(manifest, Gray(data)) + Parts(manifest, data).Parts.Sum(p => (long)p.Frames) * PreparedKey.Of(manifest, data).FrameBytes;

    /// <param name="manifest">The data-set version.</param>
    /// <param name="data">Asks for flow; its size, rate and fit count.</param>
    /// <param name="preparedRoot">Folder of all prepared frames; created when missing.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Stage, frames done and to do; called from several threads, never at once.</param>
    /// <param name="ct">Cancels within a frame; what is whole by then is kept, and the next call goes on from there.</param>
    /// <param name="thorough">As in <see cref="FramePreparer.Prepare"/>.</param>
    /// <returns>The folder to open. An intact one is returned at once, of a damaged one only what is damaged is made again.</returns>
    /// <exception cref="Media.Decoding.MediaException">A file is gone, changed or broken, or the disk is too small.</exception>
    public static string Prepare(DatasetManifest manifest, DataSpec data, string preparedRoot, Device device, Action<string, long, long>? progress, CancellationToken ct, bool thorough = false)
    {
        if (data.Color != ColorMode.Flow)
            throw new ArgumentException($"The specification asks for {data.Color} frames, not for flow.", nameof(data));
        PreparedKey key = PreparedKey.Of(manifest, data);
        var (parts, partOfSample) = Parts(manifest, data);
        Range[] shards = Shards(parts, key.FrameBytes);
        var gray = new Lazy<PreparedFrames>(() => PreparedFrames.Open(FramePreparer.Prepare(manifest, Gray(data), preparedRoot, Stage("preparing"), ct, thorough)));
        try
        {
            // Ahead of the shards, whose threads would wait for it.
            if (!IsWhole(Path.Combine(preparedRoot, key.FolderName)))
                _ = gray.Value;
            return PreparedFolder.Ensure(preparedRoot, key, Layout(manifest, parts, partOfSample, shards), Write, thorough, Stage("computing flow"), ct);
        }
        finally
        {
            if (gray.IsValueCreated)
                gray.Value.Dispose();
        }

        Action<long, long>? Stage(string name) => progress is null ? null : (done, total) => progress(name, done, total);

        void Write(int shard, ShardOutput output, CancellationToken cancel)
        {
            var writer = new FlowShard(gray.Value, output, cancel);
            IEnumerable<int> samples = parts.Take(shards[shard]).Select(p => p.Sample);
            if (device.type == TorchSharp.DeviceType.CPU)
            {
                writer.Write(samples);
                return;
            }

            lock (DeviceGate)
                writer.Write(samples, device);
        }
    }

    private static DataSpec Gray(DataSpec data) => data with { Color = ColorMode.Gray };

    private static bool IsWhole(string folder)
    {
        if (!Directory.Exists(folder))
            return false;
        try
        {
            PreparedFrames.Open(folder).Dispose();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <returns>The first sample of each different part of a file, and for each sample of the manifest which part it is.</returns>
    private static (List<Part> Parts, int[] PartOfSample) Parts(DatasetManifest manifest, DataSpec data)
    {
        var known = new Dictionary<(string Content, double? Start, int Frames, double Rate), int>();
        var parts = new List<Part>();
        int[] partOfSample = new int[manifest.Samples.Count];
        for (int i = 0; i < partOfSample.Length; i++)
        {
            Sample sample = manifest.Samples[i];
            if (!known.TryGetValue((sample.Sha256, sample.Start, sample.Frames, sample.FrameRate), out partOfSample[i]))
            {
                known[(sample.Sha256, sample.Start, sample.Frames, sample.FrameRate)] = partOfSample[i] = parts.Count;
                parts.Add(new Part(i, FrameTicks.Count(sample, data.FrameRate)));
            }
        }

        return (parts, partOfSample);
    }

    private static Range[] Shards(List<Part> parts, int frameBytes)
    {
        long wanted = Math.Max(1, Math.Min(MaxShardBytes / frameBytes, parts.Sum(p => (long)p.Frames) / MinShards)), frames = 0;
        var shards = new List<Range>();
        int from = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            frames += parts[i].Frames;
            if (frames < wanted && i < parts.Count - 1)
                continue;
            shards.Add(from..(i + 1));
            (from, frames) = (i + 1, 0);
        }

        return [.. shards];
    }

    private static PreparedLayout Layout(DatasetManifest manifest, List<Part> parts, int[] partOfSample, Range[] shards)
    {
        var places = new (int Shard, int First)[parts.Count];
        var planned = new PlannedShard[shards.Length];
        for (int shard = 0; shard < shards.Length; shard++)
        {
            var content = new StringBuilder(Method);
            int first = 0;
            for (int part = shards[shard].Start.Value; part < shards[shard].End.Value; part++)
            {
                Sample sample = manifest.Samples[parts[part].Sample];
                places[part] = (shard, first);
                first += parts[part].Frames;
                content.Append(CultureInfo.InvariantCulture, $"\n{sample.Sha256} {sample.FrameRate} {sample.Start} {sample.Frames}");
            }

            planned[shard] = new PlannedShard(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToString()))), first);
        }

        return new PreparedLayout(manifest.Name, planned, [.. partOfSample.Select(part => new[] { places[part].Shard, places[part].First, parts[part].Frames })]);
    }

    private readonly record struct Part(int Sample, int Frames);
}
