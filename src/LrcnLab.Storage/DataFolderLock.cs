namespace LrcnLab.Storage;

/// <summary>Keeps a second program away from a data folder. The operating system frees the lock when the process ends, however it ends.</summary>
public sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>The lock, or the sentence that says who holds it.</summary>
    public static (DataFolderLock? Lock, string? Refusal) TryAcquire(LabPaths paths)
    {
        Directory.CreateDirectory(paths.DataDirectory);
        FileStream file;
        try
        {
            file = new FileStream(paths.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return (null, $"Another LrcnLab{Holder(paths.PidFile)} uses the data folder \"{paths.DataDirectory}\": stop it, or set Lab:DataDirectory to another folder.");
        }

        File.WriteAllText(paths.PidFile, $"{Environment.ProcessId}\n");
        return (new DataFolderLock(file), null);
    }

    public void Dispose() => _file.Dispose();

    private static string Holder(string file)
    {
        try
        {
            return int.TryParse(File.ReadAllText(file), out int pid) ? $" (process {pid})" : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
