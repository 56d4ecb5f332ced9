using LrcnLab.Storage;
using LrcnLab.Storage.Backup;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Hosting;

/// <summary>The words <c>backup</c>, <c>verify</c> and <c>restore</c> on the command line, instead of starting the program; and what the start itself has to restore.</summary>
internal static class BackupCommands
{
    private const string Usage = "Usage: backup | verify FILE | restore FILE, and settings such as --Lab:DataDirectory=FOLDER.";

    /// <summary>The exit code; null when the program is to start.</summary>
    /// <param name="words">Arguments before the first setting.</param>
    /// <param name="options">Of the settings.</param>
    /// <param name="paths">Of the options.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<int?> RunAsync(string[] words, LabOptions options, LabPaths paths, CancellationToken cancellationToken) => words switch
    {
        [] => null,
        ["backup"] => await BackupAsync(options, cancellationToken),
        ["verify", var file] => await VerifyAsync(Path.GetFullPath(file), cancellationToken),
        ["restore", var file] => await RestoreAsync(Path.GetFullPath(file), options, paths, cancellationToken),
        _ => Refuse($"\"{string.Join(' ', words)}\" is no command. {Usage}"),
    };

    /// <summary>Finishes a restoration that was cut short, then does the one that was asked for on the page. What fails changes nothing, and the start goes on.</summary>
    public static async Task RestoreAtStartAsync(LabOptions options, LabPaths paths, CancellationToken cancellationToken)
    {
        if (BackupRestore.Finish(paths))
            Console.WriteLine("A restoration that had been cut short is finished.");
        if (BackupRestore.Requested(paths) is not string file)
            return;
        try
        {
            await RestoreHeldAsync(file, options, paths, cancellationToken);
        }
        // With a journal data has moved already: then it must be finished before anything else.
        catch (Exception e) when ((e is IOException or UnauthorizedAccessException) && !File.Exists(paths.RestoreJournal))
        {
            Console.Error.WriteLine($"{file} could not be restored, and nothing was changed: {e.Message}");
        }
        finally
        {
            BackupRestore.Withdraw(paths);
        }
    }

    /// <summary>Also while the program runs: it reads only.</summary>
    private static async Task<int> BackupAsync(LabOptions options, CancellationToken cancellationToken)
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging().AddLabStorage(options).BuildServiceProvider();
        if (options.Database.Provider == DatabaseProvider.Sqlite && !File.Exists(services.GetRequiredService<LabPaths>().DatabaseFile) && options.Database.ConnectionString.Length == 0)
            return Refuse($"There is no database in {options.DataDirectory}: nothing to back up.");
        (string? file, BackupManifest? manifest, string? refusal) written;
        try
        {
            written = await services.GetRequiredService<BackupWriter>().WriteAsync(new Line(), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            return Refuse($"The backup could not be written, and what there was of it is removed: {e.Message}");
        }

        var (file, manifest, refusal) = written;
        if (file is null)
            return Refuse(refusal!);
        Line.End($"{file}: {manifest!.Files.Count:N0} files.");
        foreach (string missing in manifest.Missing)
            Console.Error.WriteLine($"Missing here, though the database names it: {missing}");
        return manifest.Missing.Count == 0 ? 0 : 1;
    }

    private static async Task<int> VerifyAsync(string file, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> problems = await BackupReader.VerifyAsync(file, new Line(), cancellationToken);
        Line.End(problems.Count == 0 ? $"{file} is whole." : $"{file} is damaged:");
        foreach (string problem in problems)
            Console.Error.WriteLine(problem);
        return problems.Count == 0 ? 0 : 1;
    }

    private static async Task<int> RestoreAsync(string file, LabOptions options, LabPaths paths, CancellationToken cancellationToken)
    {
        (DataFolderLock? folder, string? refusal) = DataFolderLock.TryAcquire(paths);
        if (folder is null)
            return Refuse(refusal!);
        using (folder)
        {
            BackupRestore.Finish(paths);
            return await RestoreHeldAsync(file, options, paths, cancellationToken) ? 0 : 1;
        }
    }

    private static async Task<bool> RestoreHeldAsync(string file, LabOptions options, LabPaths paths, CancellationToken cancellationToken)
    {
        await using var db = new LabDbContext(((DbContextOptionsBuilder<LabDbContext>)new DbContextOptionsBuilder<LabDbContext>().UseLab(options)).Options);
        var (before, refusal) = options.Database.Provider == DatabaseProvider.Sqlite
            ? await new BackupRestore(paths, TimeProvider.System).RestoreAsync(file, [.. db.Database.GetMigrations()], new Line(), cancellationToken)
            : (null, "The database is PostgreSQL, which has its own tools: restore it with pg_restore.");
        Line.End(refusal ?? $"{file} is restored. What was there before lies in {before}.");
        return refusal is null;
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return 2;
    }

    /// <summary>Progress on one line of a terminal; nowhere else.</summary>
    private sealed class Line : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value)
        {
            if (!Console.IsOutputRedirected)
                Console.Write($"\r{value.Stage}{(value.Total > 0 ? $", {value.Done >> 20:N0} of {value.Total >> 20:N0} MiB" : "")}   ");
        }

        public static void End(string text) => Console.WriteLine(Console.IsOutputRedirected ? text : $"\r{text}   ");
    }
}
