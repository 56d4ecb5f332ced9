using System.Security.Cryptography;

namespace LrcnLab.Training.Checkpoints;

/// <summary>Files that are either absent or complete, whenever the process is killed.</summary>
public static class AtomicFile
{
    /// <summary>Writes under a temporary name, flushes to disk, then renames.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = path + ".tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <returns>Length and lower-case hex SHA-256 of a file.</returns>
    public static (long Bytes, string Sha256) Measure(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return (stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
