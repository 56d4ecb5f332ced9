using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Models;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Weights that people bring in for runs to begin with. A worker reads them; the server only keeps the file.</summary>
public sealed class WeightsService(ArtifactStore artifacts, LabWriter writer, IDbContextFactory<LabDbContext> contexts, LabOptions options, TimeProvider clock)
{
    private const int LongestName = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <param name="file">Moved away when it is taken.</param>
    /// <param name="name">Once, at most 100 characters.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The row, or a refusal in words.</returns>
    public async Task<(WeightsFile? Added, string? Refusal)> AddAsync(string file, string name, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (await RefuseNameAsync(name, cancellationToken) is string refusal)
            return (null, refusal);
        (WeightsSummary? summary, string? unread) = await DescribeAsync(file, cancellationToken);
        if (summary is null)
            return (null, unread);
        using IncomingArtifact artifact = await artifacts.TakeAsync(file, cancellationToken);
        var row = new WeightsFile
        {
            Name = name,
            Sha256 = artifact.Sha256,
            Bytes = artifact.Bytes,
            Tensors = summary.Tensors.Count,
            Parameters = summary.Parameters,
            Networks = [.. summary.Networks],
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        };
        try
        {
            await writer.WriteAsync(
                async db =>
                {
                    await artifacts.AddAsync(db, artifact, cancellationToken);
                    db.WeightsFiles.Add(row);
                },
                cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Somebody else was quicker with the same name.
            return (null, await RefuseNameAsync(name, cancellationToken) ?? throw new InvalidOperationException($"The weights \"{name}\" could not be recorded."));
        }

        return (row, null);
    }

    /// <summary>Runs that begin with them keep the file.</summary>
    /// <returns>Whether there were any.</returns>
    public async Task<bool> RemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        string? sha256 = await writer.WriteAsync(
            async db =>
            {
                if (await db.WeightsFiles.FindAsync([id], cancellationToken) is not { } row)
                    return null;
                db.WeightsFiles.Remove(row);
                return row.Sha256;
            },
            cancellationToken);
        if (sha256 is not null)
            await artifacts.RemoveUnreferencedAsync([sha256], cancellationToken);
        return sha256 is not null;
    }

    private async Task<string?> RefuseNameAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
            return $"Weights need a name of 1 to {LongestName} characters in one line; this one has {name.Length}.";
        if (Guid.TryParse(name, out _))
            return $"\"{name}\" reads as an id: give the weights another name.";
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.WeightsFiles.AnyAsync(w => w.Name == name, cancellationToken) ? $"There are weights \"{name}\" already: choose another name, or remove those first." : null;
    }

    private async Task<(WeightsSummary? Summary, string? Refusal)> DescribeAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            ProcessStartInfo start = WorkerCommand.Create(options.WorkerPath, ["weights", file, "--json"]);
            start.Environment[WorkerCommand.VisibleDevices] = "";
            WorkerAnswer? answer = await WorkerAnswer.AskAsync(start, Patience, cancellationToken);
            if (answer is null)
                return (null, $"Reading the file took longer than {Patience.TotalMinutes} minutes.");
            if (answer.ExitCode != 0)
                return (null, $"The file cannot be used: {answer.Errors.Replace(file, "it", StringComparison.Ordinal)}");
            WeightsSummary? summary = JsonSerializer.Deserialize<WeightsSummary>(answer.Output, LabJson.Options);
            return summary is { Tensors.Count: > 0 } ? (summary, null) : (null, "There are no tensors in the file.");
        }
        catch (Exception e) when (e is Win32Exception or JsonException)
        {
            return (null, $"The worker could not read the file: {e.Message}");
        }
    }
}
