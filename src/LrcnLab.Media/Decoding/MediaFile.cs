using System.Security.Cryptography;

namespace LrcnLab.Media.Decoding;

/// <summary>What names of files say. Contents decide how a file is read; names only decide what is looked at.</summary>
public static class MediaFile
{
    private static readonly string[] Pictures = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];

    private static readonly string[] Videos =
        [".avi", ".gif", ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv", ".3gp", ".ts", ".mts", ".m2ts", ".asf", ".vob"];

    public static bool IsPicture(string path) => Pictures.Contains(Path.GetExtension(path).ToLowerInvariant());

    public static bool IsMedia(string path) => IsPicture(path) || Videos.Contains(Path.GetExtension(path).ToLowerInvariant());

    public static bool IsHidden(string path) => Path.GetFileName(path).StartsWith('.');

    /// <summary>Bytes; 0 for pipes and devices, which are never opened, since reading them may wait for ever.</summary>
    public static long Length(string path) => new FileInfo(path) is { Exists: true } file ? (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length : 0;

    /// <summary>Lower-case hex SHA-256 of a file; of all frames' files in their order for a folder of frames.</summary>
    public static string Sha256(string path, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 17];
        foreach (string file in Directory.Exists(path) ? FrameFolder.Files(path) : [path])
        {
            if (File.Exists(file) && Length(file) == 0)
                continue;
            using FileStream stream = File.OpenRead(file);
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                ct.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
