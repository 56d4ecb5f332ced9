using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Which draw of clips is to be shown.</summary>
/// <param name="Spec">Says what is read and how it is changed; its training seed decides the chance.</param>
/// <param name="Epoch">From 1; null for the clip that evaluation reads, without chance.</param>
/// <param name="Normalized">Values after normalisation, mid-grey for 0.</param>
public sealed record ClipView(RunSpec Spec, int? Epoch, bool Normalized);

/// <summary>Pictures of clips, frames side by side.</summary>
/// <param name="Key">Under which they are kept; empty when refused.</param>
/// <param name="Frames">Frames of each sample's picture.</param>
/// <param name="Refusal">Why there are none, in words; null when all went well.</param>
public sealed record RenderedClips(string Key, IReadOnlyDictionary<int, int> Frames, string? Refusal);

/// <summary>Has the worker draw clips as training reads them, and keeps the pictures in a folder of bounded size.</summary>
public sealed class ClipRenderer(LabPaths paths, LabOptions options, DiskReserve reserve, IDbContextFactory<LabDbContext> contexts, ILogger<ClipRenderer> logger) : IDisposable
{
    /// <summary>Most samples of one request.</summary>
    public const int MostSamples = 60;

    private const long MostCachedBytes = 256L << 20;
    private const int KeyLength = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Decoding takes all cores: two at once would only make both late.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Dispose() => _turn.Dispose();

    /// <summary>The pictures of these samples, drawn now where they are not kept from before.</summary>
    /// <param name="versionId">The data-set version.</param>
    /// <param name="view">Must be valid.</param>
    /// <param name="samples">At most <see cref="MostSamples"/>.</param>
    public async Task<RenderedClips> RenderAsync(Guid versionId, ClipView view, IReadOnlyCollection<int> samples, CancellationToken cancellationToken)
    {
        if (samples.Count is 0 or > MostSamples)
            return Refuse($"{samples.Count} samples were asked for; allowed are 1 to {MostSamples} at once.");
        DatasetVersion? version;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            version = await db.DatasetVersions.AsNoTracking().SingleOrDefaultAsync(v => v.Id == versionId, cancellationToken);
        if (version is null)
            return Refuse($"There is no data-set version {versionId}.");
        int count = version.TrainCount + version.ValidationCount + version.TestCount;
        int[] unknown = [.. samples.Where(s => s < 0 || s >= count)];
        if (unknown.Length > 0)
            return Refuse($"The version has no sample {unknown[0]}; there are 0 to {count - 1}.");

        string key = Key(version, view), folder = Path.Combine(paths.ClipRoot, key);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            int[] missing = [.. samples.Except(Kept(folder).Keys)];
            if (missing.Length > 0)
            {
                if (reserve.Shortage is string shortage)
                    return Refuse(shortage);
                if (await DrawAsync(versionId, view, missing, folder, cancellationToken) is string failure)
                    return Refuse(failure);
                Trim(folder);
            }

            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
            Dictionary<int, int> frames = Kept(folder);
            return new RenderedClips(key, samples.Where(frames.ContainsKey).Distinct().ToDictionary(s => s, s => frames[s]), null);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The picture of a sample, or null when it is not kept (any more).</summary>
    /// <param name="key">From <see cref="RenderedClips"/>; anything else is no key and has no pictures.</param>
    public string? Find(string key, int sample, int frames)
    {
        if (key.Length != KeyLength || !key.All(char.IsAsciiHexDigitLower))
            return null;
        string file = Path.Combine(paths.ClipRoot, key, FileName(sample, frames));
        return File.Exists(file) ? file : null;
    }

    private static string FileName(int sample, int frames) => string.Create(CultureInfo.InvariantCulture, $"{sample:D6}-{frames}.png");

    private static RenderedClips Refuse(string refusal) => new("", new Dictionary<int, int>(), refusal);

    /// <summary>Over everything that a picture depends on; without chance, seed and augmentation mean nothing.</summary>
    private static string Key(DatasetVersion version, ClipView view)
    {
        object?[] parts = [version.Hash, version.Root, version.Unmirrored, view.Spec.Data with { Dataset = "" }, view.Epoch, view.Epoch is null ? null : view.Spec.Augmentation, view.Epoch is null ? null : view.Spec.Training.Seed, view.Normalized];
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts, LabJson.Options)))[..KeyLength];
    }

    private static Dictionary<int, int> Kept(string folder)
    {
        var kept = new Dictionary<int, int>();
        if (!Directory.Exists(folder))
            return kept;
        foreach (string file in Directory.EnumerateFiles(folder, "*.png"))
        {
            string[] parts = Path.GetFileNameWithoutExtension(file).Split('-');
            if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int sample) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int frames))
                kept[sample] = frames;
        }

        return kept;
    }

    /// <summary>Null when the pictures are in the folder, else what went wrong.</summary>
    private async Task<string?> DrawAsync(Guid versionId, ClipView view, int[] samples, string folder, CancellationToken cancellationToken)
    {
        string drawing = Path.Combine(paths.ClipRoot, $"{Guid.CreateVersion7()}.tmp"), specFile = Path.Combine(drawing, "spec.json"), pictures = Path.Combine(drawing, "pictures");
        try
        {
            Directory.CreateDirectory(drawing);
            await File.WriteAllTextAsync(specFile, SpecText.ToJson(view.Spec), cancellationToken);
            List<string> arguments = ["clips", specFile, "--data", paths.DatasetFolder(versionId), "--prepared", paths.PreparedRoot, "--samples", string.Join(',', samples), "--output", pictures];
            if (view.Epoch is int epoch)
                arguments.AddRange(["--epoch", epoch.ToString(CultureInfo.InvariantCulture)]);
            if (view.Normalized)
                arguments.Add("--normalized");
            if (await RunAsync(arguments, cancellationToken) is string failure)
                return failure;

            Directory.CreateDirectory(folder);
            foreach (string file in Directory.EnumerateFiles(pictures, "*.png"))
                File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            return null;
        }
        catch (IOException e) when (e.IsDiskFull())
        {
            return $"The disk is full, so the clips could not be drawn. ({e.Message})";
        }
        finally
        {
            if (Directory.Exists(drawing))
                Directory.Delete(drawing, recursive: true);
        }
    }

    private async Task<string?> RunAsync(List<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using var worker = WorkerProcess.Start(WorkerCommand.Create(options.WorkerPath, arguments), line => logger.LogInformation("Drawing clips: {Line}", line));
        try
        {
            DoneEvent? done = null;
            while (await worker.Output.ReadAsync(limit.Token) is Line line)
                done = (line.TooLong ? null : WorkerEvent.Parse(line.Text)) as DoneEvent ?? done;
            await worker.WaitForExitAsync(limit.Token);
            await worker.WaitForErrorsAsync(TimeSpan.FromSeconds(1));
            if (worker.ExitCode == WorkerProtocol.ExitDone)
                return null;
            return done?.Reason ?? WorkerExit.Explain(worker.ExitCode, worker.LastErrors).Reason;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"The clips were not ready within {Patience.TotalMinutes:0} minutes: show fewer, or prepare this data set's frames by a run first.";
        }
    }

    /// <summary>Removes what was not looked at for longest, but for the folder just used.</summary>
    private void Trim(string used)
    {
        long bytes = 0;
        foreach (DirectoryInfo folder in new DirectoryInfo(paths.ClipRoot).GetDirectories().OrderByDescending(d => d.FullName == used).ThenByDescending(d => d.LastWriteTimeUtc))
        {
            bytes += folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
            if (bytes > MostCachedBytes && folder.FullName != used)
                folder.Delete(recursive: true);
        }
    }
}
