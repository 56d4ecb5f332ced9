namespace LrcnLab.Storage;

/// <summary>Where things lie below the data folder.</summary>
public sealed class LabPaths(string dataDirectory, string? backupDirectory = null)
{
    public string DataDirectory { get; } = Path.GetFullPath(dataDirectory);

    public string DatabaseFile => Path.Combine(DataDirectory, "lrcnlab.db");

    public string LockFile => Path.Combine(DataDirectory, "lrcnlab.lock");

    /// <summary>Id of the process that holds the lock; beside it, because a locked file cannot be read by others.</summary>
    public string PidFile => Path.Combine(DataDirectory, "lrcnlab.pid");

    /// <summary>Backups, and copies of the database from before it was changed by a newer version.</summary>
    public string BackupRoot => backupDirectory is { Length: > 0 } ? Path.GetFullPath(backupDirectory) : Path.Combine(DataDirectory, "backups");

    /// <summary>Names the backup that the next start restores.</summary>
    public string RestoreRequest => Path.Combine(DataDirectory, "restore.request.json");

    /// <summary>Says what a restoration that goes on has to do.</summary>
    public string RestoreJournal => Path.Combine(DataDirectory, "restore.journal.json");

    /// <summary>Space kept back for the database, see <see cref="DiskReserve"/>.</summary>
    public string ReserveFile => Path.Combine(DataDirectory, "lrcnlab.reserve");

    /// <summary>Frames that were decoded once; the worker keeps order in it.</summary>
    public string PreparedRoot => Path.Combine(DataDirectory, "prepared");

    /// <summary>Checkpoints and other files of runs, by content.</summary>
    public string ArtifactRoot => Path.Combine(DataDirectory, "artifacts");

    /// <summary>Locked by <see cref="ArtifactHold"/>.</summary>
    public string ArtifactHoldFile => Path.Combine(DataDirectory, "artifacts.lock");

    public string RunRoot => Path.Combine(DataDirectory, "runs");

    public string DatasetRoot => Path.Combine(DataDirectory, "datasets");

    /// <summary>Pictures of clips as networks see them; may be deleted at any time.</summary>
    public string ClipRoot => Path.Combine(DataDirectory, "clips");

    /// <summary>Files that browsers sent.</summary>
    public string UploadRoot => Path.Combine(DataDirectory, "uploads");

    /// <summary>Files of one upload: <c>files/</c> as they were named, and what was unpacked from them in <c>unpacked/</c>.</summary>
    public string UploadFolder(Guid upload) => Path.Combine(UploadRoot, upload.ToString());

    /// <summary>Specification, journal and log of a run.</summary>
    public string RunFolder(Guid run) => Path.Combine(RunRoot, run.ToString());

    /// <summary>Manifest of a data-set version.</summary>
    public string DatasetFolder(Guid version) => Path.Combine(DatasetRoot, version.ToString());

    /// <summary>The file with this content; it need not exist.</summary>
    /// <param name="sha256">64 lower-case hexadecimal digits.</param>
    public string ArtifactFile(string sha256)
    {
        if (!IsSha256(sha256))
            throw new ArgumentException($"\"{sha256}\" is no SHA-256: 64 lower-case hexadecimal digits.", nameof(sha256));
        return Path.Combine(ArtifactRoot, sha256[..2], sha256);
    }

    /// <summary>Whether this is 64 lower-case hexadecimal digits.</summary>
    public static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    public void CreateFolders()
    {
        foreach (string folder in (string[])[DataDirectory, PreparedRoot, ArtifactRoot, RunRoot, DatasetRoot, UploadRoot])
            Directory.CreateDirectory(folder);
    }
}
