using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>Which frames of which file go where. Each file is decoded once, however many samples are cut from it.</summary>
internal sealed class PreparationPlan
{
    private const long MaxShardBytes = 64L << 20;

    /// <summary>Enough to keep many cores busy until the end; not by their number, so that work begun on one machine can be finished on another.</summary>
    private const int MinShards = 64;

    /// <summary>Fewer are not worth a start of ffmpeg, which takes as long as decoding hundreds of small frames.</summary>
    private const int MinShardFrames = 1200;

    private readonly int[] _fileOfSample;
    private readonly IReadOnlyList<Sample> _samples;

    private PreparationPlan(IReadOnlyList<PlannedFile> files, IReadOnlyList<Sample> samples, int[] fileOfSample) =>
        (Files, Frames, _samples, _fileOfSample) = (files, files.Sum(f => (long)f.Frames), samples, fileOfSample);

    public IReadOnlyList<PlannedFile> Files { get; }

    /// <summary>Frames that are kept, of all files.</summary>
    public long Frames { get; }

    public static PreparationPlan Of(DatasetManifest manifest, double frameRate)
    {
        var fileOfPath = new Dictionary<string, int>(StringComparer.Ordinal);
        var samples = new List<List<Sample>>();
        int[] fileOfSample = new int[manifest.Samples.Count];
        for (int i = 0; i < fileOfSample.Length; i++)
        {
            Sample sample = manifest.Samples[i];
            if (!fileOfPath.TryGetValue(sample.Path, out int file))
            {
                fileOfPath[sample.Path] = file = samples.Count;
                samples.Add([]);
            }

            samples[file].Add(sample);
            fileOfSample[i] = file;
        }

        return new PreparationPlan([.. samples.Select(s => new PlannedFile(s, frameRate))], manifest.Samples, fileOfSample);
    }

    /// <summary>Runs of neighbouring files, as equal in frames as files allow.</summary>
    public IReadOnlyList<Range> Shards(int frameBytes)
    {
        long framesPerShard = Math.Max(1, Math.Min(MaxShardBytes / frameBytes, Math.Max(MinShardFrames, Frames / MinShards)));
        var shards = new List<Range>();
        int from = 0;
        long frames = 0;
        for (int i = 0; i < Files.Count; i++)
        {
            frames += Files[i].Frames;
            if (frames < framesPerShard && i < Files.Count - 1)
                continue;
            shards.Add(from..(i + 1));
            (from, frames) = (i + 1, 0);
        }

        return shards;
    }

    public PreparedLayout Layout(string name, IReadOnlyList<Range> shards)
    {
        var placeOfFile = new (int Shard, int First)[Files.Count];
        for (int shard = 0; shard < shards.Count; shard++)
        {
            int first = 0;
            for (int file = shards[shard].Start.Value; file < shards[shard].End.Value; file++)
            {
                placeOfFile[file] = (shard, first);
                first += Files[file].Frames;
            }
        }

        return new PreparedLayout(
            name,
            [.. shards.Select(range => Shard([.. Files.Take(range)]))],
            [.. _samples.Select((sample, i) =>
            {
                PlannedFile file = Files[_fileOfSample[i]];
                FrameRange ticks = file.TicksOf(sample);
                return new[] { placeOfFile[_fileOfSample[i]].Shard, placeOfFile[_fileOfSample[i]].First + file.Place(ticks.First), ticks.Count };
            })]);
    }

    private static PlannedShard Shard(PlannedFile[] files)
    {
        string content = string.Concat(files.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Sample.Sha256} {f.Sample.FrameRate} {f.Description}\n")));
        return new PlannedShard(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))), files.Sum(f => (long)f.Frames));
    }
}

/// <summary>The frames of one file that some sample needs, at the wanted rate, without repetition and in order.</summary>
internal sealed class PlannedFile
{
    private readonly List<FrameRange> _ranges = [];
    private readonly FrameTicks _ticks;

    public PlannedFile(IReadOnlyList<Sample> samples, double frameRate)
    {
        Sample = samples[0];
        _ticks = new FrameTicks(Sample.FrameRate, frameRate);
        foreach (FrameRange range in samples.Select(TicksOf).OrderBy(r => r.First))
        {
            if (_ranges.Count > 0 && range.First <= _ranges[^1].End)
                _ranges[^1] = _ranges[^1] with { Count = Math.Max(range.End, _ranges[^1].End) - _ranges[^1].First };
            else
                _ranges.Add(range);
        }

        Frames = _ranges.Sum(r => r.Count);
        int first = _ticks.Frame(_ranges[0].First);
        Span = new FrameRange(first, _ticks.Frame(_ranges[^1].End - 1) + 1 - first);
    }

    /// <summary>Any sample of the file: path, size, rate and checksum are the same for all.</summary>
    public Sample Sample { get; }

    /// <summary>Frames that are kept.</summary>
    public int Frames { get; }

    /// <summary>Frames of the file, as recorded, from the first needed to the last.</summary>
    public FrameRange Span { get; }

    /// <summary>Names what is kept.</summary>
    public string Description => string.Join(',', _ranges.Select(r => $"{r.First}+{r.Count}"));

    public FrameRange TicksOf(Sample sample) =>
        _ticks.Of(FrameRange.OfSeconds(sample.Start, null, sample.FrameRate, int.MaxValue) with { Count = sample.Frames });

    /// <summary>How often a frame of the file is kept: once or not at all, unless the rate was raised.</summary>
    public int Copies(int frame)
    {
        int first = _ticks.First(frame), end = _ticks.First(frame + 1), copies = 0;
        foreach (FrameRange range in _ranges)
            copies += Math.Max(0, Math.Min(end, range.End) - Math.Max(first, range.First));
        return copies;
    }

    /// <summary>Place of a tick among the kept ones.</summary>
    public int Place(int tick) => _ranges.Sum(r => Math.Clamp(tick - r.First, 0, r.Count));
}
