using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>Writes one file of prepared frames.</summary>
internal sealed class ShardWriter(string root, FrameFormat format, ProgressCounter counter, CancellationToken ct)
{
    /// <exception cref="MediaException">A source file is gone, broken, or no longer what the manifest says.</exception>
    public static PreparedShard Write(string path, IReadOnlyList<PlannedFile> files, string root, FrameFormat format, ProgressCounter counter, CancellationToken ct)
    {
        var writer = new ShardWriter(root, format, counter, ct);
        long bytes;
        using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
        {
            (PlannedFile File, VideoSource Video)[] sources = [.. files.Select(f => (f, writer.Open(f)))];
            foreach (Range group in FfmpegBatch.Group(sources, s => (s.Video as FfmpegVideo)?.Info, (a, b) => a.Video is FfmpegVideo && b.Video is FfmpegVideo))
                writer.Write(stream, sources[group]);
            stream.Flush(flushToDisk: true);
            bytes = stream.Length;
        }

        return new PreparedShard(Path.GetFileName(path), bytes, MediaFile.Sha256(path, ct), File.GetLastWriteTimeUtc(path).Ticks);
    }

    private VideoSource Open(PlannedFile file)
    {
        string path = Path.Combine(root, file.Sample.Path);
        VideoSource video = VideoDecoder.Open(path, new VideoInfo("", file.Sample.Width, file.Sample.Height, file.Sample.FrameRate), ct);
        return MediaFile.Sha256(path, ct) == file.Sample.Sha256 ? video : throw new MediaException($"{path} was changed after it was imported; import the data set again.");
    }

    private void Write(FileStream stream, (PlannedFile File, VideoSource Video)[] group)
    {
        long start = stream.Position;
        if (group.Length == 1 || !TryWriteTogether(stream, group))
        {
            stream.SetLength(start);
            stream.Position = start;
            foreach ((PlannedFile file, VideoSource video) in group)
                WriteAlone(stream, file, video);
        }

        counter.Add(group.Sum(g => (long)g.File.Frames));
    }

    private bool TryWriteTogether(FileStream stream, (PlannedFile File, VideoSource Video)[] group) => FfmpegBatch.TryRead(
        [.. group.Select(g => new BatchPart((FfmpegVideo)g.Video, g.File.Span))],
        format,
        (part, index, frame) =>
        {
            if (group[part].File.Needs(index))
                stream.Write(frame);
        },
        ct);

    private void WriteAlone(FileStream stream, PlannedFile file, VideoSource video)
    {
        int kept = 0;
        video.Read(format, (index, frame) =>
        {
            if (file.Needs(index))
            {
                stream.Write(frame);
                kept++;
            }

            return index + 1 < file.Span.End;
        }, ct);
        if (kept != file.Frames)
            throw new MediaException($"{video.Path} has {kept} of the {file.Frames} frames that were there when it was imported; import the data set again.");
    }
}
