using System.Globalization;
using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Runs;

/// <summary>What is to change about how runs are filed. What is null stays.</summary>
public sealed record RunLabelChange
{
    public string? Name { get; init; }

    /// <summary>Markdown.</summary>
    public string? Notes { get; init; }

    public IReadOnlyList<string> AddTags { get; init; } = [];

    public IReadOnlyList<string> RemoveTags { get; init; } = [];

    /// <summary>Whether it is put away.</summary>
    public bool? Archived { get; init; }
}

/// <summary>Names, tags, notes and the archive: what people say about runs. None of it touches training.</summary>
public sealed class RunLabels(LabWriter writer, RunFeed feed, TimeProvider clock)
{
    /// <summary>Characters of notes.</summary>
    public const int LongestNotes = 50_000;

    /// <summary>Changes all of the runs or none.</summary>
    /// <returns>Why not, in words; null when it is done.</returns>
    public async Task<string?> ChangeAsync(IReadOnlyCollection<Guid> runs, RunLabelChange change, CancellationToken cancellationToken)
    {
        if (change.Name is { } name && (name.Trim().Length is 0 or > 200 || name.Any(char.IsControl)))
            return "A run needs a name of 1 to 200 characters.";
        if (change.Notes is { Length: > LongestNotes } notes)
            return string.Create(CultureInfo.InvariantCulture, $"These notes have {notes.Length:N0} characters; at most {LongestNotes:N0} are kept.");
        string? refusal = await writer.WriteAsync(
            async db =>
            {
                Dictionary<Guid, Run> found = await db.Runs.Where(r => runs.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
                foreach (Guid id in runs)
                {
                    if (!found.TryGetValue(id, out Run? run))
                        return Undo(db, $"There is no run {id}.");
                    if (Apply(run, change) is { } problem)
                        return Undo(db, problem);
                }

                return null;
            },
            cancellationToken);
        foreach (Guid run in refusal is null ? runs : [])
            feed.Publish(run, RunParts.State);
        return refusal;
    }

    private string? Apply(Run run, RunLabelChange change)
    {
        if (change.AddTags.Count + change.RemoveTags.Count > 0)
        {
            (IReadOnlyList<string>? tags, string? refusal) = RunTag.Change(run.Tags, change.AddTags, change.RemoveTags);
            if (tags is null)
                return refusal;
            run.Tags = [.. tags];
        }

        if (change.Archived == true && (run.State.IsActive() || run.State == RunState.Queued))
            return $"\"{run.Name}\" is {run.State.Word()}: what goes on cannot be archived.";
        if (change.Archived is { } archived)
            run.ArchivedAt = archived ? run.ArchivedAt ?? clock.GetUtcNow().UtcDateTime : null;
        (run.Name, run.Notes) = (change.Name?.Trim() ?? run.Name, change.Notes ?? run.Notes);
        return null;
    }

    private static string Undo(LabDbContext db, string refusal)
    {
        db.ChangeTracker.Clear();
        return refusal;
    }
}
