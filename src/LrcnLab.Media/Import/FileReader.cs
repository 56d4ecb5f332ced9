using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>One usable part of a file.</summary>
/// <param name="Entry">What was asked for.</param>
/// <param name="Info">Size and rate of the file.</param>
/// <param name="Sha256">Of the file.</param>
/// <param name="Frames">Frames of the part.</param>
/// <param name="Preview">Path of its preview, under a name of its own.</param>
internal sealed record ReadPart(ImportEntry Entry, VideoInfo Info, string Sha256, int Frames, string Preview);

/// <summary>Decodes a file once for all parts that are cut from it: counts their frames and makes their previews.</summary>
internal static class FileReader
{
    /// <param name="root">The data set's folder.</param>
    /// <param name="parts">All entries of one file, at least one.</param>
    /// <param name="previewName">Path and start of the name of the previews; a number and ending are added.</param>
    /// <param name="ct">Cancels between frames.</param>
    public static (IReadOnlyList<ReadPart> Parts, IReadOnlyList<SampleProblem> Problems) Read(RootFolder root, IReadOnlyList<ImportEntry> parts, string previewName, CancellationToken ct)
    {
        string path = parts[0].Path, full = root.Full(path);
        try
        {
            VideoSource video = VideoDecoder.Open(full, known: null, ct);
            if (video.Info.FrameRate == 0 && parts.Any(p => p.Start is not null || p.End is not null))
                throw new MediaException($"{full} is a {video.Info.Format} without a frame rate, so start and end cannot be used.");
            string hash = MediaFile.Sha256(full, ct);
            return Cut(video, parts, hash, previewName, ct);
        }
        catch (MediaException e)
        {
            return ([], [new SampleProblem(path, e.Message.Replace(full, path, StringComparison.Ordinal))]);
        }
    }

    private static (IReadOnlyList<ReadPart>, IReadOnlyList<SampleProblem>) Cut(VideoSource video, IReadOnlyList<ImportEntry> parts, string hash, string previewName, CancellationToken ct)
    {
        FrameFormat format = PreviewSheet.Format(video.Info.Width, video.Info.Height);
        FrameRange[] ranges = [.. parts.Select(p => FrameRange.OfSeconds(p.Start, p.End, video.Info.FrameRate, int.MaxValue))];
        PreviewFrames?[] previews = [.. parts.Select(_ => new PreviewFrames())];
        int[] frames = new int[parts.Count];
        string Preview(int part) => $"{previewName}-{part:D6}.jpg";

        // A part's preview is written as soon as the part is over: a film may have thousands.
        void Finish(int part)
        {
            frames[part] = previews[part]!.Seen;
            if (frames[part] > 0)
                File.WriteAllBytes(Preview(part), PreviewSheet.Encode(previews[part]!.Take(), format));
            previews[part] = null;
        }

        int total = video.Read(format, (index, frame) =>
        {
            for (int i = 0; i < ranges.Length; i++)
            {
                if (previews[i] is not { } preview || index < ranges[i].First)
                    continue;
                if (index < ranges[i].End)
                    preview.Add(frame);
                else
                    Finish(i);
            }

            return true;
        }, ct);

        var read = new List<ReadPart>();
        var problems = new List<SampleProblem>();
        for (int i = 0; i < ranges.Length; i++)
        {
            if (previews[i] is not null)
                Finish(i);
            if (frames[i] > 0)
                read.Add(new ReadPart(parts[i], video.Info, hash, frames[i], Preview(i)));
            else
                problems.Add(new SampleProblem(parts[i].Path, $"The part from {parts[i].Start ?? 0} s to {(parts[i].End is { } end ? $"{end} s" : "the end")} of {parts[i].Path} holds no frame: the file has {total} frames at {video.Info.FrameRate:0.###} a second."));
        }

        return (read, problems);
    }
}
