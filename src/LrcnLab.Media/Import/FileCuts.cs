using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>One usable part of a file.</summary>
/// <param name="Entry">What was asked for.</param>
/// <param name="Info">Size and rate of the file.</param>
/// <param name="Sha256">Of the file.</param>
/// <param name="Frames">Frames of the part.</param>
/// <param name="Preview">Path of its preview, under a name of its own.</param>
/// <param name="Look">What its preview's frames look like.</param>
internal sealed record ReadPart(ImportEntry Entry, VideoInfo Info, string Sha256, int Frames, string Preview, FrameLook Look);

/// <summary>By which near-duplicates and blank samples are found.</summary>
internal sealed record FrameLook(FrameFingerprint Fingerprint, ColorStatistics Colors);

/// <summary>Takes the frames of a file once and serves all parts that are cut from it: counts their frames and makes their previews.</summary>
internal sealed class FileCuts
{
    private readonly OpenedFile _file;
    private readonly string _previewName;
    private readonly FrameRange[] _ranges;
    private readonly PreviewFrames?[] _previews;
    private readonly int[] _frames;
    private readonly FrameLook[] _looks;

    public FileCuts(OpenedFile file, string previewName)
    {
        VideoInfo info = file.Video.Info;
        (_file, _previewName, Format) = (file, previewName, PreviewSheet.Format(info.Width, info.Height));
        _ranges = [.. file.Parts.Select(p => FrameRange.OfSeconds(p.Start, p.End, info.FrameRate, int.MaxValue))];
        _previews = [.. file.Parts.Select(_ => new PreviewFrames())];
        _frames = new int[_ranges.Length];
        _looks = new FrameLook[_ranges.Length];
    }

    /// <summary>The frames that <see cref="Add"/> wants.</summary>
    public FrameFormat Format { get; }

    public void Add(int index, ReadOnlySpan<byte> frame)
    {
        for (int i = 0; i < _ranges.Length; i++)
        {
            if (_previews[i] is not { } preview || index < _ranges[i].First)
                continue;
            if (index < _ranges[i].End)
                preview.Add(frame);
            else
                Close(i);
        }
    }

    /// <param name="frames">Number of frames of the whole file.</param>
    public FileResult Finish(int frames)
    {
        var parts = new List<ReadPart>();
        var problems = new List<SampleProblem>();
        for (int i = 0; i < _ranges.Length; i++)
        {
            Close(i);
            ImportEntry entry = _file.Parts[i];
            if (_frames[i] > 0)
                parts.Add(new ReadPart(entry, _file.Video.Info, _file.Sha256, _frames[i], Preview(i), _looks[i]));
            else
                problems.Add(new SampleProblem(entry.Path, $"The part from {entry.Start ?? 0} s to {(entry.End is { } end ? $"{end} s" : "the end")} of {entry.Path} holds no frame: the file has {frames} frames at {_file.Video.Info.FrameRate:0.###} a second."));
        }

        return new FileResult(parts, problems);
    }

    /// <summary>A part's preview is written as soon as the part is over: a film may have thousands.</summary>
    private void Close(int part)
    {
        if (_previews[part] is not { } preview)
            return;
        _frames[part] = preview.Seen;
        _previews[part] = null;
        if (preview.Seen == 0)
            return;
        IReadOnlyList<byte[]> frames = preview.Take();
        File.WriteAllBytes(Preview(part), PreviewSheet.Encode(frames, Format));
        _looks[part] = new FrameLook(FrameHash.Of(frames, Format), FrameColors.Of(frames, Format));
    }

    private string Preview(int part) => $"{_previewName}-{part:D6}.jpg";
}
