using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>A file that could be opened, and what is wanted of it.</summary>
internal sealed record OpenedFile(VideoSource Video, string Sha256, IReadOnlyList<ImportEntry> Parts);

/// <summary>Usable parts of a file, and why others are not.</summary>
internal sealed record FileResult(IReadOnlyList<ReadPart> Parts, IReadOnlyList<SampleProblem> Problems);

/// <summary>Opens and decodes files; what is wrong with one becomes its problem.</summary>
internal static class FileReader
{
    /// <param name="root">The data set's folder.</param>
    /// <param name="parts">All entries of one file, at least one.</param>
    /// <param name="ct">Cancels.</param>
    public static (OpenedFile? File, SampleProblem? Problem) Open(RootFolder root, IReadOnlyList<ImportEntry> parts, CancellationToken ct)
    {
        string full = root.Full(parts[0].Path);
        try
        {
            VideoSource video = VideoDecoder.Open(full, known: null, ct);
            if (video.Info.FrameRate == 0 && parts.Any(p => p.Start is not null || p.End is not null))
                throw new MediaException($"{full} is a {video.Info.Format} without a frame rate, so start and end cannot be used.");
            return (new OpenedFile(video, MediaFile.Sha256(full, ct), parts), null);
        }
        catch (MediaException e)
        {
            return (null, Problem(full, parts[0].Path, e));
        }
    }

    /// <summary>Files whose frames can be decoded by one start of ffmpeg, since their previews have the same size.</summary>
    public static bool Together(OpenedFile a, OpenedFile b) =>
        BatchSize(a) is { } x && BatchSize(b) is { } y && PreviewSheet.Format(x.Width, x.Height) == PreviewSheet.Format(y.Width, y.Height);

    /// <summary>Null for files that are read by themselves.</summary>
    public static VideoInfo? BatchSize(OpenedFile file) => file.Video is FfmpegVideo { Frames: not null } ? file.Video.Info : null;

    /// <param name="files">One file, or several that belong <see cref="Together"/>.</param>
    /// <param name="previewName">Path and start of the names of the previews.</param>
    /// <param name="ct">Cancels between frames.</param>
    public static IReadOnlyList<FileResult> Read(IReadOnlyList<OpenedFile> files, string previewName, CancellationToken ct)
    {
        if (files.Count > 1)
        {
            FileCuts[] cuts = Cuts(files, previewName);
            BatchPart[] parts = [.. files.Select(f => (FfmpegVideo)f.Video).Select(v => new BatchPart(v, new FrameRange(0, v.Frames!.Value)))];
            if (FfmpegBatch.TryRead(parts, cuts[0].Format, (file, index, frame) => cuts[file].Add(index, frame), ct))
                return [.. cuts.Select((c, i) => c.Finish(parts[i].Range.Count))];
        }

        return [.. Cuts(files, previewName).Select((c, i) => ReadAlone(files[i], c, ct))];
    }

    private static FileResult ReadAlone(OpenedFile file, FileCuts cuts, CancellationToken ct)
    {
        try
        {
            return cuts.Finish(file.Video.Read(cuts.Format, (index, frame) =>
            {
                cuts.Add(index, frame);
                return true;
            }, ct));
        }
        catch (MediaException e)
        {
            return new FileResult([], [Problem(file.Video.Path, file.Parts[0].Path, e)]);
        }
    }

    private static FileCuts[] Cuts(IReadOnlyList<OpenedFile> files, string previewName) => [.. files.Select((f, i) => new FileCuts(f, $"{previewName}-{i:D2}"))];

    private static SampleProblem Problem(string full, string path, MediaException e) => new(path, e.Message.Replace(full, path, StringComparison.Ordinal));
}
