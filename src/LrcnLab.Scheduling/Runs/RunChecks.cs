using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Whether a run can be done here: memory, disk, and a data-set version that is present and intact. Asked before a run waits, and again before it starts.</summary>
internal sealed class RunChecks(VersionFolders folders, LabPaths paths, DiskReserve reserve, IDbContextFactory<LabDbContext> contexts, TimeProvider clock)
{
    /// <returns>Why not, each with the field that would have to change; empty when it can.</returns>
    public async Task<IReadOnlyList<SpecProblem>> BeforeQueueingAsync(RunSpec spec, DatasetVersion version, CancellationToken cancellationToken)
    {
        List<Node> nodes;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
            nodes = await Nodes.AliveAsync(db, clock.GetUtcNow().UtcDateTime, cancellationToken);
        IReadOnlyList<SpecProblem> problems = RunNeeds.Problems(spec, version.Classes.Count, [.. nodes.Select(n => n.Slots)]);
        var (manifest, damage) = await ManifestAsync(version, cancellationToken);
        if (damage is not null)
            return [.. problems, new SpecProblem("data.dataset", damage)];
        return DiskProblem(spec, manifest!) is string disk ? [.. problems, new SpecProblem("data", disk)] : problems;
    }

    /// <param name="spec">Of the run.</param>
    /// <param name="version">That it learns from.</param>
    /// <param name="slots">That it was given.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    /// <returns>Why it cannot start, in words; null when it can.</returns>
    public async Task<string?> BeforeStartAsync(RunSpec spec, DatasetVersion version, IReadOnlyList<Slot> slots, CancellationToken cancellationToken)
    {
        if (slots.All(s => s.MemoryBytes > 0) && RunNeeds.MemoryProblem(spec, version.Classes.Count, slots.Sum(s => s.MemoryBytes)) is string memory)
            return memory;
        var (manifest, damage) = await ManifestAsync(version, cancellationToken);
        return damage ?? DiskProblem(spec, manifest!);
    }

    /// <summary>What is to be known of memory at the start, though it keeps no run from trying; null when nothing is. Only where the system says how much is free.</summary>
    public static string? MemoryWarning(RunSpec spec, int classes, IReadOnlyList<Slot> slots)
    {
        const string source = "/proc/meminfo", entry = "MemAvailable:";
        if (slots[0].Kind != DeviceKind.Cpu || !File.Exists(source))
            return null;
        string? line = File.ReadLines(source).FirstOrDefault(l => l.StartsWith(entry, StringComparison.Ordinal));
        if (line is null || !long.TryParse(line[entry.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out long kibibytes))
            return null;
        return RunNeeds.MemoryProblem(spec, classes, kibibytes << 10) is null ? null
            : $"Only {(kibibytes >> 10):N0} MiB of memory are free now, which is less than training is expected to need: it may become slow, or the system may end it.";
    }

    private string? DiskProblem(RunSpec spec, DatasetManifest manifest)
    {
        string prepared = Path.Combine(paths.PreparedRoot, PreparedKey.Of(manifest, spec.Data).FolderName);
        // Whatever is missing in a folder that is there, the worker checks frame by frame.
        long missing = Directory.Exists(prepared) ? 0 : RunNeeds.PreparedBytes(manifest, spec.Data);
        // Whether other features are the wanted ones, only the worker can tell.
        if (!Directory.Exists(paths.PreparedRoot) || !Directory.EnumerateDirectories(paths.PreparedRoot, $"{Path.GetFileName(prepared)}-features-*").Any())
            missing += RunNeeds.FeatureBytes(manifest, spec);
        return RunNeeds.DiskProblem(RunNeeds.DiskBytes(spec, manifest.Classes.Count, missing), reserve.FreeBytes);
    }

    private async Task<(DatasetManifest? Manifest, string? Damage)> ManifestAsync(DatasetVersion version, CancellationToken cancellationToken)
    {
        string named = $"version {version.Number} of the data set";
        try
        {
            if (await folders.ReadAsync(version.Id, cancellationToken) is not { } manifest)
                return (null, $"The files of {named} are gone from {paths.DatasetFolder(version.Id)}: restore them from a backup, or import the data again.");
            return manifest.Hash() == version.Hash ? (manifest, null)
                : (null, $"The manifest of {named} was changed since it was recorded: restore it from a backup, or import the data again.");
        }
        catch (InvalidDataException e)
        {
            return (null, $"The manifest of {named} is damaged: restore it from a backup, or import the data again. ({e.Message})");
        }
    }
}
