using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using LrcnLab.Core.Metrics;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Metrics;

/// <summary>
/// History of metrics. One writer takes what all senders have waiting and commits it in one transaction; a sender gets its answer when its points are on disk.
/// A full channel makes senders wait; nothing is dropped. Repeating points is harmless, their order does not matter, of two values for one step the later wins.
/// </summary>
public sealed class MetricStore : IAsyncDisposable
{
    private const int PointsPerCommit = 65_536;
    private const int OpenSeriesLimit = 1_000;

    private readonly LabWriter _writer;
    private readonly IDbContextFactory<LabDbContext> _contexts;
    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(new BoundedChannelOptions(256) { SingleReader = true });
    private readonly Dictionary<(Guid Run, string Key), OpenSeries> _open = [];
    private readonly Task _loop;
    private long _commits;

    public MetricStore(LabWriter writer, IDbContextFactory<LabDbContext> contexts)
    {
        _writer = writer;
        _contexts = contexts;
        _loop = Task.Run(WriteLoopAsync);
    }

    /// <summary>Completes when the points are on disk. A cancelled call may still have written them.</summary>
    /// <exception cref="ArgumentException">A key is not valid; see <see cref="MetricKeys.IsValid"/>.</exception>
    public async ValueTask WriteAsync(Guid runId, IReadOnlyList<MetricSample> samples, CancellationToken cancellationToken)
    {
        if (samples.Count == 0)
            return;
        foreach (MetricSample sample in samples)
        {
            if (!MetricKeys.IsValid(sample.Key))
                throw new ArgumentException($"\"{sample.Key}\" is no metric key: letters, digits and _ - . / are allowed, 1 to 200 of them.", nameof(samples));
        }

        var request = new Request(runId, samples, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _requests.Writer.WriteAsync(request, cancellationToken);
        await request.Written.Task.WaitAsync(cancellationToken);
    }

    /// <summary>A thinned view of a series (see <see cref="Thinning"/>); null when the run has no such series.</summary>
    /// <param name="points">About how many points to return at most, from 4; those that are not finite come on top.</param>
    /// <param name="fromStep">First step wanted, inclusive; null for the beginning.</param>
    /// <param name="toStep">Last step wanted, inclusive; null for the end.</param>
    public Task<MetricSeriesData?> ReadAsync(Guid runId, string key, int points, long? fromStep, long? toStep, CancellationToken cancellationToken) =>
        ReadAsync(runId, key, points, fromStep, toStep, null, cancellationToken);

    /// <inheritdoc cref="ReadAsync(Guid, string, int, long?, long?, CancellationToken)"/>
    /// <param name="other">Another metric whose value is wanted beside each point; null for none.</param>
    public async Task<MetricSeriesData?> ReadAsync(Guid runId, string key, int points, long? fromStep, long? toStep, string? other, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        return await SeriesReader.ReadAsync(db, runId, key, points, fromStep ?? long.MinValue, toStep ?? long.MaxValue, other, cancellationToken);
    }

    /// <summary>Every point of a series, block by block, by rising step; nothing when the run has no such series.</summary>
    public async IAsyncEnumerable<MetricSeriesData> ReadAllAsync(Guid runId, string key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        Guid series = await db.MetricSeries.Where(s => s.RunId == runId && s.Key == key).Select(s => s.Id).SingleOrDefaultAsync(cancellationToken);
        await foreach (byte[] block in db.MetricBlocks.Where(b => b.SeriesId == series).OrderBy(b => b.FirstStep).Select(b => b.Data).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            BlockColumns columns = BlockCodec.Decode(block);
            yield return new MetricSeriesData(key, columns.Count, columns.Steps.ToArray(), columns.Epochs.ToArray(), columns.Times.ToArray(), columns.Values.ToArray());
        }
    }

    /// <summary>All series of a run, by key.</summary>
    public Task<IReadOnlyList<SeriesSummary>> ListAsync(Guid runId, CancellationToken cancellationToken) => ListAsync([runId], cancellationToken);

    /// <summary>All series of these runs, by run and key.</summary>
    public async Task<IReadOnlyList<SeriesSummary>> ListAsync(IReadOnlyCollection<Guid> runIds, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        List<MetricSeries> rows = await db.MetricSeries.AsNoTracking()
            .Where(s => runIds.Contains(s.RunId))
            .OrderBy(s => s.RunId).ThenBy(s => s.Key)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(s => new SeriesSummary(s.RunId, s.Key, s.Count, s.First.ToPoint(), s.Last.ToPoint(), s.Min.ToPoint(), s.Max.ToPoint()))];
    }

    /// <summary>What a metric was when an epoch was done, of those of these runs that got so far: the last value by then.</summary>
    public async Task<IReadOnlyDictionary<Guid, double>> AtEpochAsync(IReadOnlyCollection<Guid> runIds, string key, double epoch, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await _contexts.CreateDbContextAsync(cancellationToken);
        return await SeriesReader.AtEpochAsync(db, runIds, key, epoch, cancellationToken);
    }

    /// <summary>Writes what is waiting, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _loop;
    }

    private async Task WriteLoopAsync()
    {
        var group = new List<Request>();
        while (await _requests.Reader.WaitToReadAsync())
        {
            int points = 0;
            while (points < PointsPerCommit && _requests.Reader.TryRead(out Request? request))
            {
                group.Add(request);
                points += request.Samples.Count;
            }

            if (await TryCommitAsync(group) is not null)
            {
                // One bad request, such as one for a run that was deleted, must not fail those that came with it.
                foreach (Request request in group)
                    request.Failure = await TryCommitAsync([request]);
            }

            foreach (Request request in group)
            {
                if (request.Failure is Exception failure)
                    request.Written.TrySetException(failure);
                else
                    request.Written.TrySetResult();
            }

            group.Clear();
        }
    }

    private async Task<Exception?> TryCommitAsync(List<Request> group)
    {
        try
        {
            bool again = false;
            await _writer.WriteAsync(
                async db =>
                {
                    // Another program wrote to one of these series: what is open here is out of date.
                    if (again)
                        _open.Clear();
                    again = true;
                    await ApplyAsync(db, group);
                },
                CancellationToken.None);
            CloseLongUnused();
            return null;
        }
        catch (Exception e)
        {
            // What is open no longer equals what is stored.
            _open.Clear();
            return e;
        }
    }

    private async Task ApplyAsync(LabDbContext db, List<Request> group)
    {
        _commits++;
        await using var rows = new MetricRows(db);
        foreach (var (run, bySeries) in BySeries(group))
        {
            foreach (var (key, points) in bySeries)
            {
                if (!_open.TryGetValue((run, key), out OpenSeries? series))
                    _open[(run, key)] = series = await OpenSeries.LoadAsync(db, run, key, points[0], CancellationToken.None);
                series.LastUse = _commits;
                await series.ApplyAsync(db, rows, points, CancellationToken.None);
            }
        }

        await rows.FlushAsync();
    }

    private static Dictionary<Guid, Dictionary<string, List<MetricPoint>>> BySeries(List<Request> group)
    {
        var runs = new Dictionary<Guid, Dictionary<string, List<MetricPoint>>>();
        foreach (Request request in group)
        {
            if (!runs.TryGetValue(request.RunId, out var series))
                runs[request.RunId] = series = [];
            foreach (MetricSample sample in request.Samples)
            {
                ref List<MetricPoint>? points = ref CollectionsMarshal.GetValueRefOrAddDefault(series, sample.Key, out _);
                (points ??= []).Add(sample.Point);
            }
        }

        return runs;
    }

    private void CloseLongUnused()
    {
        if (_open.Count <= OpenSeriesLimit)
            return;
        foreach (var (key, _) in _open.OrderBy(s => s.Value.LastUse).Take(_open.Count - OpenSeriesLimit / 2).ToList())
            _open.Remove(key);
    }

    private sealed record Request(Guid RunId, IReadOnlyList<MetricSample> Samples, TaskCompletionSource Written)
    {
        public Exception? Failure { get; set; }
    }
}
