using Microsoft.Extensions.Logging;

namespace LrcnLab.Storage.Backup;

/// <param name="Name">Of the file.</param>
/// <param name="Problems">Found when it was verified since the program's start; null before.</param>
public sealed record BackupFile(string Name, long Bytes, DateTime CreatedAt, IReadOnlyList<string>? Problems);

/// <summary>The backups of this installation, and the one thing that is done with them at a time, which goes on when the page is left.</summary>
public sealed class BackupService(BackupWriter writer, LabPaths paths, ILogger<BackupService> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, IReadOnlyList<string>> _verified = [];
    private CancellationTokenSource? _running;

    /// <summary>What goes on; null when nothing does.</summary>
    public BackupProgress? Progress { get; private set; }

    /// <summary>How the last thing ended, in words; null before the first.</summary>
    public string? Outcome { get; private set; }

    /// <summary>Whether <see cref="Outcome"/> is one that somebody must look at.</summary>
    public bool Failed { get; private set; }

    /// <summary>The backup that the next start restores; null for none.</summary>
    public string? Requested => BackupRestore.Requested(paths) is string file ? Path.GetFileName(file) : null;

    /// <summary>The newest first.</summary>
    public IReadOnlyList<BackupFile> List()
    {
        var folder = new DirectoryInfo(paths.BackupRoot);
        lock (_lock)
            return folder.Exists ? [.. folder.EnumerateFiles("lrcnlab-*.zip").OrderByDescending(f => f.Name, StringComparer.Ordinal).Select(f => new BackupFile(f.Name, f.Length, f.LastWriteTimeUtc, _verified.GetValueOrDefault(f.Name)))] : [];
    }

    /// <summary>Path of a backup by its name; null when there is none of it.</summary>
    public string? Find(string name) => List().Any(b => b.Name == name) ? Path.Combine(paths.BackupRoot, name) : null;

    /// <summary>Begins a backup.</summary>
    /// <returns>Why not, in words; null when it has begun.</returns>
    public string? Begin() => Start("Beginning", async (progress, cancel) =>
    {
        var (file, manifest, refusal) = await writer.WriteAsync(progress, cancel);
        return refusal is not null ? (refusal, true)
            : manifest!.Missing.Count == 0 ? ($"{Path.GetFileName(file)} is written: {manifest.Files.Count:N0} files.", false)
            : ($"{Path.GetFileName(file)} is written, but {manifest.Missing.Count:N0} files that the database names are missing here, {manifest.Missing[0]} for one.", true);
    });

    /// <summary>Begins to read a backup byte by byte.</summary>
    /// <returns>Why not, in words; null when it has begun.</returns>
    public string? Verify(string name) => Find(name) is not string file ? $"There is no backup \"{name}\"." : Start("Beginning", async (progress, cancel) =>
    {
        IReadOnlyList<string> problems = await BackupReader.VerifyAsync(file, progress, cancel);
        lock (_lock)
            _verified[name] = problems;
        return problems.Count == 0 ? ($"{name} is whole: every file and the database were read.", false) : ($"{name} is damaged: {string.Join(" ", problems.Take(3))}", true);
    });

    /// <summary>Ends what goes on; what it had made so far is removed.</summary>
    public void Cancel()
    {
        lock (_lock)
            _running?.Cancel();
    }

    /// <returns>Why not, in words; null when it is done.</returns>
    public string? Delete(string name)
    {
        if (Find(name) is not string file)
            return $"There is no backup \"{name}\".";
        if (Requested == name)
            return $"{name} is to be restored at the next start: withdraw that first.";
        File.Delete(file);
        return null;
    }

    /// <summary>Has the next start restore a backup.</summary>
    /// <returns>Why not, in words; null when it will.</returns>
    public string? RestoreAtNextStart(string name)
    {
        if (Find(name) is not string file)
            return $"There is no backup \"{name}\".";
        BackupRestore.Request(paths, file);
        return null;
    }

    public void Dispose() => Cancel();

    public void WithdrawRestore() => BackupRestore.Withdraw(paths);

    private string? Start(string stage, Func<IProgress<BackupProgress>, CancellationToken, Task<(string Outcome, bool Failed)>> work)
    {
        lock (_lock)
        {
            if (_running is not null)
                return "Another backup or check goes on: wait for its end, or cancel it.";
            _running = new CancellationTokenSource();
            (Progress, Outcome, Failed) = (new BackupProgress(stage, 0, 0), null, false);
        }

        _ = Task.Run(() => RunAsync(work, _running.Token));
        return null;
    }

    private async Task RunAsync(Func<IProgress<BackupProgress>, CancellationToken, Task<(string Outcome, bool Failed)>> work, CancellationToken cancellationToken)
    {
        (string outcome, bool failed) = ("", true);
        try
        {
            (outcome, failed) = await work(new Reporter(this), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            (outcome, failed) = ("Canceled.", false);
        }
        catch (Exception e)
        {
            logger.LogError(e, "A backup or its check failed");
            outcome = $"It failed: {e.Message}";
        }

        lock (_lock)
        {
            _running?.Dispose();
            _running = null;
            (Progress, Outcome, Failed) = (null, outcome, failed);
        }
    }

    /// <summary>At once and in order, other than <see cref="Progress{T}"/>.</summary>
    private sealed class Reporter(BackupService owner) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => owner.Progress = value;
    }
}
