using System.Security.Cryptography;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>Writes one file of prepared frames.</summary>
internal static class ShardWriter
{
    /// <exception cref="MediaException">A source file is gone, broken, or no longer what the manifest says.</exception>
    public static PreparedShard Write(string path, IEnumerable<PlannedFile> files, string root, FrameFormat format, ProgressCounter counter, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes;
        using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
        {
            foreach (PlannedFile file in files)
            {
                Write(stream, hash, file, Path.Combine(root, file.Sample.Path), format, counter, ct);
            }

            stream.Flush(flushToDisk: true);
            bytes = stream.Length;
        }

        return new PreparedShard(Path.GetFileName(path), bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), File.GetLastWriteTimeUtc(path).Ticks);
    }

    private static void Write(FileStream stream, IncrementalHash hash, PlannedFile file, string source, FrameFormat format, ProgressCounter counter, CancellationToken ct)
    {
        var known = new VideoInfo("", file.Sample.Width, file.Sample.Height, file.Sample.FrameRate);
        VideoSource video = VideoDecoder.Open(source, known, ct);
        if (MediaFile.Sha256(source, ct) != file.Sample.Sha256)
            throw new MediaException($"{source} was changed after it was imported; import the data set again.");
        int kept = 0;
        video.Read(format, (index, frame) =>
        {
            if (file.Needs(index))
            {
                stream.Write(frame);
                hash.AppendData(frame);
                kept++;
                counter.Add(1);
            }

            return index + 1 < file.End;
        }, ct);
        if (kept != file.Frames)
            throw new MediaException($"{source} has {kept} of the {file.Frames} frames that were there when it was imported; import the data set again.");
    }
}
