namespace LrcnLab.Storage.Backup;

/// <summary>What a backup holds; the file <see cref="FileName"/> in it, written last.</summary>
/// <param name="Format">Of this program's versions; see <see cref="CurrentFormat"/>.</param>
/// <param name="Version">Of the program that wrote it.</param>
/// <param name="CreatedAt">UTC; what was acknowledged before it is in the backup.</param>
/// <param name="Migrations">Of the database, by which an older program knows that it cannot read it.</param>
/// <param name="Missing">Files that the database names and that were not there, by path.</param>
public sealed record BackupManifest(int Format, string Version, DateTime CreatedAt, IReadOnlyList<string> Migrations, IReadOnlyList<BackupEntry> Files, IReadOnlyList<string> Missing)
{
    public const string FileName = "backup.json", DatabaseName = "lrcnlab.db";

    public const int CurrentFormat = 1;
}

/// <param name="Path">Below the data folder, with slashes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record BackupEntry(string Path, long Bytes, string Sha256);

/// <summary>How far a backup, a check or a restoration is.</summary>
/// <param name="Stage">In a few words.</param>
public readonly record struct BackupProgress(string Stage, long Done, long Total);
