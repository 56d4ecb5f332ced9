using LrcnLab.Core.Queries;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs.Table;

/// <summary>
/// All runs that are not in the bin, in memory, for tables that filter and sort by anything. Each call reads again what changed since the last one: runs that
/// train, runs that were said to have changed and, once a second, rows whose version rose, whoever wrote them. History of metrics is read for values at an
/// epoch only, and kept.
/// </summary>
public sealed class RunIndex : IDisposable
{
    private const int RunsOfARead = 500;

    private static readonly TimeSpan Unasked = TimeSpan.FromSeconds(1);

    private readonly RunQueries _queries;
    private readonly MetricStore _metrics;
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly TimeProvider _clock;
    private readonly RunFeed _feed;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _words = [];
    private HashSet<Guid> _changed = [];
    private Dictionary<Guid, RunEntry> _entries = [];
    private RunEntry[]? _ordered = [];
    private DateTimeOffset? _lookedAt;
    private IReadOnlySet<string> _settings = SpecDiff.Flatten(new RunSpec()).Select(s => s.Key).ToHashSet();

    public RunIndex(RunQueries queries, MetricStore metrics, IDbContextFactory<LabDbContext> contexts, RunFeed feed, TimeProvider clock)
    {
        (_queries, _metrics, _contexts, _clock) = (queries, metrics, contexts, clock);
        _feed = feed;
        _feed.Published += Note;
    }

    /// <summary>Paths of all settings that some run was found to have, and of those that every run can have.</summary>
    public IReadOnlySet<string> Settings => _settings;

    /// <summary>Every run, the newest first, ready to be asked for these fields.</summary>
    public async Task<IReadOnlyList<RunEntry>> ReadAsync(IReadOnlyCollection<RunField> fields, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await RefreshAsync(cancellationToken);
            RunEntry[] all = _ordered ??= [.. _entries.Values.OrderByDescending(e => e.Row.CreatedAt).ThenByDescending(e => e.Row.Id)];
            await CompleteInTurnAsync(all, fields, cancellationToken);
            return all;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads what the first table and the first query will ask for; a table need not wait for settings.</summary>
    public async Task WarmAsync(CancellationToken cancellationToken)
    {
        await ReadAsync([], cancellationToken);
        await ReadAsync([new RunField(RunFieldKind.Setting, "")], cancellationToken);
    }

    /// <summary>Makes some of them ready to be asked for further fields.</summary>
    public async Task CompleteAsync(IReadOnlyList<RunEntry> some, IReadOnlyCollection<RunField> fields, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await CompleteInTurnAsync(some, fields, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _feed.Published -= Note;
        _turn.Dispose();
    }

    private void Note(Guid run)
    {
        lock (_lock)
            _changed.Add(run);
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        HashSet<Guid> changed;
        lock (_lock)
            (changed, _changed) = (_changed, []);
        try
        {
            DateTimeOffset now = _clock.GetUtcNow();
            // All of them, unless only few can have changed.
            bool all = _lookedAt is null || now - _lookedAt > Unasked;
            Guid[] perhaps = all ? [] : [.. changed, .. _entries.Values.Where(e => e.Row.State.IsActive()).Select(e => e.Row.Id)];
            if (!all && perhaps.Length == 0)
                return;
            await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
            Dictionary<Guid, uint> versions = await db.Runs.Where(r => r.BinnedAt == null && (all || perhaps.Contains(r.Id))).Select(r => new { r.Id, r.RowVersion }).ToDictionaryAsync(r => r.Id, r => r.RowVersion, cancellationToken);
            Guid[] due = [.. versions.Where(v => !_entries.TryGetValue(v.Key, out RunEntry? known) || known.Version != v.Value || known.Row.State.IsActive() || changed.Contains(v.Key)).Select(v => v.Key)];
            Guid[] gone = [.. (all ? (IEnumerable<Guid>)_entries.Keys : perhaps).Where(r => !versions.ContainsKey(r))];
            if (due.Length + gone.Length > 0)
                await ReplaceAsync(due, gone, versions, now.UtcDateTime, cancellationToken);
            if (all)
                _lookedAt = now;
        }
        catch
        {
            lock (_lock)
                _changed.UnionWith(changed);
            throw;
        }
    }

    private async Task ReplaceAsync(Guid[] due, Guid[] gone, Dictionary<Guid, uint> versions, DateTime now, CancellationToken cancellationToken)
    {
        // A new dictionary, so that a failure in between leaves the old one whole.
        var entries = new Dictionary<Guid, RunEntry>(_entries);
        foreach (Guid run in gone)
            entries.Remove(run);
        foreach (Guid[] part in due.Chunk(RunsOfARead))
        {
            foreach (RunRow row in await _queries.FindAsync(part, cancellationToken))
                entries[row.Id] = new RunEntry(row, versions[row.Id], now) { Settings = entries.GetValueOrDefault(row.Id) is { } before && before.Version == versions[row.Id] ? before.Settings : null };
        }

        (_entries, _ordered) = (entries, null);
    }

    private async Task CompleteInTurnAsync(IReadOnlyList<RunEntry> all, IReadOnlyCollection<RunField> fields, CancellationToken cancellationToken)
    {
        if (fields.Any(f => f.NeedsSettings))
        {
            foreach (RunEntry[] part in all.Where(e => e.Settings is null).Chunk(RunsOfARead))
                await ReadSettingsAsync(part.ToDictionary(e => e.Row.Id), cancellationToken);
        }

        foreach (RunField field in fields.Where(f => f.Kind == RunFieldKind.At))
        {
            foreach (RunEntry[] part in all.Where(e => !e.Knows(field)).Chunk(RunsOfARead))
            {
                var values = await _metrics.AtEpochAsync([.. part.Select(e => e.Row.Id)], field.Name, field.Epoch, cancellationToken);
                foreach (RunEntry entry in part)
                    entry.SetAtEpoch(field, values.TryGetValue(entry.Row.Id, out double value) ? RunValue.Of(value) : RunValue.None);
            }
        }
    }

    private async Task ReadSettingsAsync(Dictionary<Guid, RunEntry> entries, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        var specs = await db.Runs.Where(r => entries.Keys.Contains(r.Id)).Select(r => new { r.Id, r.SpecJson, r.Amendments }).ToListAsync(cancellationToken);
        foreach (var spec in specs)
        {
            RunSpec? read = SpecText.Parse(spec.SpecJson).Spec is { } queued ? SpecText.Set(queued, spec.Amendments).Spec : null;
            // Of a later version's specification nothing is known.
            Dictionary<string, string> settings = read is null ? [] : SpecDiff.Flatten(read).ToDictionary(s => Once(s.Key), s => Once(s.Value));
            if (!settings.Keys.All(_settings.Contains))
                _settings = _settings.Union(settings.Keys).ToHashSet();
            entries[spec.Id].Settings = settings;
        }
    }

    /// <summary>Thousands of runs have the same settings, mostly with the same values.</summary>
    private string Once(string word) => _words.TryGetValue(word, out string? known) ? known : _words[word] = word;
}
