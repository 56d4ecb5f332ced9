using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>Which frames of which file go where. Each file is decoded once, however many samples are cut from it.</summary>
internal sealed class PreparationPlan
{
    private PreparationPlan(IReadOnlyList<PlannedFile> files, long frames, int[] fileOfSample) => (Files, Frames, FileOfSample) = (files, frames, fileOfSample);

    public IReadOnlyList<PlannedFile> Files { get; }

    /// <summary>Frames that are kept, of all files.</summary>
    public long Frames { get; }

    /// <summary>Index into <see cref="Files"/> for each sample of the manifest.</summary>
    public int[] FileOfSample { get; }

    public static PreparationPlan Of(DatasetManifest manifest)
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

        PlannedFile[] files = [.. samples.Select(s => new PlannedFile(s))];
        return new PreparationPlan(files, files.Sum(f => (long)f.Frames), fileOfSample);
    }

    /// <summary>Runs of neighbouring files, as equal in frames as files allow.</summary>
    public IReadOnlyList<Range> Shards(long framesPerShard)
    {
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
}

/// <summary>The frames of one file that some sample needs, without repetition and in order.</summary>
internal sealed class PlannedFile
{
    private readonly List<FrameRange> _ranges = [];

    public PlannedFile(IReadOnlyList<Sample> samples)
    {
        Sample = samples[0];
        foreach (FrameRange range in samples.Select(RangeOf).OrderBy(r => r.First))
        {
            if (_ranges.Count > 0 && range.First <= _ranges[^1].End)
                _ranges[^1] = _ranges[^1] with { Count = Math.Max(range.End, _ranges[^1].End) - _ranges[^1].First };
            else
                _ranges.Add(range);
        }

        Frames = _ranges.Sum(r => r.Count);
    }

    /// <summary>Any sample of the file: path, size, rate and checksum are the same for all.</summary>
    public Sample Sample { get; }

    public int Frames { get; }

    /// <summary>From the first frame needed to the last.</summary>
    public FrameRange Span => new(_ranges[0].First, _ranges[^1].End - _ranges[0].First);

    public static FrameRange RangeOf(Sample sample) => FrameRange.OfSeconds(sample.Start, null, sample.FrameRate, int.MaxValue) with { Count = sample.Frames };

    public bool Needs(int frame) => _ranges.Any(r => frame >= r.First && frame < r.End);

    /// <summary>Place of a frame of the file among the kept ones.</summary>
    public int Place(int frame) => _ranges.Sum(r => Math.Clamp(frame - r.First, 0, r.Count));
}
