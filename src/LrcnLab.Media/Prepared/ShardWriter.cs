using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>Decodes the videos of one shard.</summary>
internal sealed class ShardWriter(string root, FrameFormat format, ShardOutput output, CancellationToken ct)
{
    /// <exception cref="MediaException">A source file is gone, broken, or no longer what the manifest says.</exception>
    public static void Write(IReadOnlyList<PlannedFile> files, string root, FrameFormat format, ShardOutput output, CancellationToken ct)
    {
        var writer = new ShardWriter(root, format, output, ct);
        (PlannedFile File, VideoSource Video)[] sources = [.. files.Select(f => (f, writer.Open(f)))];
        foreach (Range group in FfmpegBatch.Group(sources, s => (s.Video as FfmpegVideo)?.Info, (a, b) => a.Video is FfmpegVideo && b.Video is FfmpegVideo))
            writer.Write(sources[group]);
    }

    private VideoSource Open(PlannedFile file)
    {
        string path = Path.Combine(root, file.Sample.Path);
        VideoSource video = VideoDecoder.Open(path, new VideoInfo("", file.Sample.Width, file.Sample.Height, file.Sample.FrameRate), ct);
        return MediaFile.Sha256(path, ct) == file.Sample.Sha256 ? video : throw new MediaException($"{path} was changed after it was imported; import the data set again.");
    }

    private void Write((PlannedFile File, VideoSource Video)[] group)
    {
        long start = output.Position;
        if (group.Length == 1 || !TryWriteTogether(group))
        {
            output.Rewind(start);
            foreach ((PlannedFile file, VideoSource video) in group)
                WriteAlone(file, video);
        }

        output.Report(group.Sum(g => (long)g.File.Frames));
    }

    private bool TryWriteTogether((PlannedFile File, VideoSource Video)[] group) => FfmpegBatch.TryRead(
        [.. group.Select(g => new BatchPart((FfmpegVideo)g.Video, g.File.Span))],
        format,
        (part, index, frame) => Write(group[part].File, index, frame),
        ct);

    private void WriteAlone(PlannedFile file, VideoSource video)
    {
        int kept = 0;
        video.Read(format, (index, frame) =>
        {
            kept += Write(file, index, frame);
            return index + 1 < file.Span.End;
        }, ct);
        if (kept != file.Frames)
            throw new MediaException($"{video.Path} has {kept} of the {file.Frames} frames that were there when it was imported; import the data set again.");
    }

    private int Write(PlannedFile file, int index, ReadOnlySpan<byte> frame)
    {
        int copies = file.Copies(index);
        for (int i = 0; i < copies; i++)
            output.Write(frame);
        return copies;
    }
}
