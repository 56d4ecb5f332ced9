using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>
/// Decodes a data set once for a frame size and colour; every epoch of every run then reads <see cref="PreparedFrames"/>.
/// A folder is built under a temporary name, flushed, and renamed when it is whole; a lock file beside it keeps two processes apart.
/// </summary>
public static class FramePreparer
{
    private const long MaxShardBytes = 64L << 20;

    /// <summary>Bytes on disk that <see cref="Prepare"/> needs, but for a small index.</summary>
    public static long EstimateBytes(DatasetManifest manifest, DataSpec data) => PreparationPlan.Of(manifest).Frames * Format(data).FrameBytes;

    /// <summary>Where <see cref="Prepare"/> puts the frames of this data set at this size and colour.</summary>
    public static string Folder(DatasetManifest manifest, DataSpec data, string preparedRoot) =>
        Path.Combine(preparedRoot, $"{manifest.Hash()[..32]}-{data.Width}x{data.Height}-{data.Color.ToString().ToLowerInvariant()}");

    /// <param name="manifest">The data-set version.</param>
    /// <param name="data">Its size and colour count; clip length and sampling do not.</param>
    /// <param name="preparedRoot">Folder of all prepared frames; created when missing.</param>
    /// <param name="progress">Frames done and to do; called from several threads, never at once.</param>
    /// <param name="ct">Cancels within a frame; what was built so far is removed.</param>
    /// <returns>The folder to open. An intact one is returned at once, a damaged one is built again.</returns>
    /// <exception cref="MediaException">A file is gone, changed or broken, or the disk is too small.</exception>
    public static string Prepare(DatasetManifest manifest, DataSpec data, string preparedRoot, Action<long, long>? progress, CancellationToken ct)
    {
        Directory.CreateDirectory(preparedRoot);
        string folder = Folder(manifest, data, preparedRoot);
        using FileStream held = Lock(folder + ".lock", ct);
        if (IsIntact(folder, ct))
            return folder;

        // Whoever left these is gone: only the holder of the lock writes them.
        string building = folder + ".tmp";
        Delete(building);
        Delete(folder);
        try
        {
            CheckSpace(manifest, data, preparedRoot);
            Directory.CreateDirectory(building);
            Build(manifest, data, building, progress, ct);
            Directory.Move(building, folder);
            return folder;
        }
        finally
        {
            Delete(building);
        }
    }

    private static void Build(DatasetManifest manifest, DataSpec data, string folder, Action<long, long>? progress, CancellationToken ct)
    {
        PreparationPlan plan = PreparationPlan.Of(manifest);
        FrameFormat format = Format(data);
        // Several shards a core, so that all cores stay busy until the end.
        long shardFrames = Math.Max(1, Math.Min(MaxShardBytes / format.FrameBytes, plan.Frames / (4L * Environment.ProcessorCount)));
        IReadOnlyList<Range> ranges = plan.Shards(shardFrames);
        var shards = new PreparedShard[ranges.Count];
        var counter = new ProgressCounter(plan.Frames, progress);
        AllCores.For(shards.Length, i =>
            shards[i] = ShardWriter.Write(Path.Combine(folder, $"frames-{i:D4}.bin"), [.. plan.Files.Take(ranges[i])], manifest.Root, format, counter, ct), ct);
        new PreparedIndex
        {
            Version = PreparedIndex.CurrentVersion,
            ManifestHash = manifest.Hash(),
            Width = format.Width,
            Height = format.Height,
            Color = format.Color,
            Shards = shards,
            Samples = Places(manifest, plan, ranges),
        }.Write(folder);
    }

    private static int[][] Places(DatasetManifest manifest, PreparationPlan plan, IReadOnlyList<Range> ranges)
    {
        var shardOfFile = new (int Shard, int First)[plan.Files.Count];
        for (int shard = 0; shard < ranges.Count; shard++)
        {
            int first = 0;
            for (int file = ranges[shard].Start.Value; file < ranges[shard].End.Value; file++)
            {
                shardOfFile[file] = (shard, first);
                first += plan.Files[file].Frames;
            }
        }

        return [.. manifest.Samples.Select((sample, i) =>
        {
            int file = plan.FileOfSample[i];
            FrameRange range = PlannedFile.RangeOf(sample);
            return new[] { shardOfFile[file].Shard, shardOfFile[file].First + plan.Files[file].Place(range.First), range.Count };
        })];
    }

    private static bool IsIntact(string folder, CancellationToken ct)
    {
        try
        {
            foreach (PreparedShard shard in PreparedIndex.Read(folder).Shards)
                shard.CheckContent(folder, ct);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Waits for another process that prepares the same frames. The system frees the lock of a process that dies.</summary>
    private static FileStream Lock(string path, CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                ct.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    private static void CheckSpace(DatasetManifest manifest, DataSpec data, string preparedRoot)
    {
        long needed = EstimateBytes(manifest, data), free = new DriveInfo(Path.GetFullPath(preparedRoot)).AvailableFreeSpace;
        if (free < needed)
            throw new MediaException($"The prepared frames of {manifest.Name} need {needed / 1e6:N0} MB in {preparedRoot}, and {free / 1e6:N0} MB are free.");
    }

    private static FrameFormat Format(DataSpec data) => new(data.Width, data.Height, data.Color);

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
