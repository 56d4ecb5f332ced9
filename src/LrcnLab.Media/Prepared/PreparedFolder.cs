using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>
/// Makes a folder of prepared frames whole. Every shard is written under a temporary name, flushed, renamed, and then recorded with its checksum; the index comes last.
/// So whenever the process is killed, a shard is there as it was or as it shall be, and the next attempt goes on with those that are missing.
/// </summary>
public static class PreparedFolder
{
    /// <param name="preparedRoot">Folder of all prepared frames; created when missing.</param>
    /// <param name="key">Names the folder.</param>
    /// <param name="layout">What it shall hold.</param>
    /// <param name="write">Makes one shard.</param>
    /// <param name="thorough">Compares the checksums of all files, not only of those that were touched since they were written.</param>
    /// <param name="progress">Frames done and to do; called from several threads, never at once.</param>
    /// <param name="ct">Cancels within a frame; shards that are whole by then are kept.</param>
    /// <returns>The folder to open.</returns>
    /// <exception cref="MediaException">A source is gone, changed or broken, or the disk is too small.</exception>
    public static string Ensure(string preparedRoot, PreparedKey key, PreparedLayout layout, ShardContent write, bool thorough, Action<long, long>? progress, CancellationToken ct)
    {
        string folder = Path.Combine(preparedRoot, key.FolderName);
        Directory.CreateDirectory(folder);
        PreparedUse.Touch(folder);
        using FileStream held = PreparedUse.LockForWriting(folder, ct);
        Directory.CreateDirectory(folder); // Whoever held the lock until now may have removed it.
        PreparedShard?[] shards = Whole(folder, layout, thorough, ct);
        int[] missing = [.. Enumerable.Range(0, shards.Length).Where(i => shards[i] is null)];
        if (missing.Length == 0 && IsIndexed(folder, key, shards!))
            return folder;

        File.Delete(Path.Combine(folder, PreparedIndex.FileName));
        DeleteOthers(folder, layout.Shards.Count);
        long bytes = missing.Sum(i => layout.Shards[i].Frames) * key.FrameBytes;
        CheckSpace(layout.Name, preparedRoot, bytes);
        var counter = new ProgressCounter(layout.Shards.Sum(s => s.Frames), progress);
        counter.Add(layout.Shards.Where((_, i) => shards[i] is not null).Sum(s => s.Frames));
        AllCores.For(missing.Length, i =>
        {
            int shard = missing[i];
            using var output = new ShardOutput(Path.Combine(folder, PreparedShard.FileName(shard)), counter);
            write(shard, output, ct);
            shards[shard] = output.Finish(layout.Shards[shard].Content, layout.Shards[shard].Frames * key.FrameBytes, ct);
            shards[shard]!.WriteRecord(folder, shard);
        }, ct);
        new PreparedIndex { Version = PreparedIndex.CurrentVersion, Key = key, Shards = shards!, Samples = layout.Samples }.Write(folder);
        return folder;
    }

    /// <summary>The shards that are recorded for the planned content and whose files are as recorded; null for the others.</summary>
    private static PreparedShard?[] Whole(string folder, PreparedLayout layout, bool thorough, CancellationToken ct)
    {
        var shards = new PreparedShard?[layout.Shards.Count];
        AllCores.For(shards.Length, i =>
        {
            if (PreparedShard.Read(folder, i) is { } shard && shard.Content == layout.Shards[i].Content && shard.IsWhole(folder, thorough, ct))
                shards[i] = shard;
        }, ct);
        return shards;
    }

    private static bool IsIndexed(string folder, PreparedKey key, PreparedShard[] shards)
    {
        try
        {
            PreparedIndex index = PreparedIndex.Read(folder);
            return index.Key == key && index.Shards.SequenceEqual(shards);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>What an attempt that was killed left half-written, or one with another plan: only the holder of the lock writes here.</summary>
    private static void DeleteOthers(string folder, int shards)
    {
        HashSet<string> planned = [.. Enumerable.Range(0, shards).SelectMany(i => (string[])[PreparedShard.FileName(i), PreparedShard.RecordName(i)])];
        foreach (string file in Directory.EnumerateFiles(folder).Where(f => !planned.Contains(Path.GetFileName(f))))
            File.Delete(file);
    }

    private static void CheckSpace(string name, string preparedRoot, long needed)
    {
        long free = new DriveInfo(Path.GetFullPath(preparedRoot)).AvailableFreeSpace;
        if (free < needed)
            throw new MediaException($"The prepared frames of {name} need {needed / 1e6:N0} MB in {preparedRoot}, and {free / 1e6:N0} MB are free.");
    }
}
