using LrcnLab.Core.Metrics;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Metrics;

/// <summary>A series as the writer holds it between commits: its row, and the block with the largest steps, decoded. Points mostly come in order and go there.</summary>
internal sealed class OpenSeries
{
    public const int BlockSize = 1024;

    private readonly MetricSeries _row;
    private MetricBlock _tail;
    private BlockColumns _columns;
    private bool _saved;

    private OpenSeries(MetricSeries row, MetricBlock tail, BlockColumns columns, bool saved)
    {
        _row = row;
        _tail = tail;
        _columns = columns;
        _saved = saved;
    }

    /// <summary>Number of the commit that used it last.</summary>
    public long LastUse { get; set; }

    /// <summary>Reads the series, or makes one in memory that begins with <paramref name="first"/>.</summary>
    public static async Task<OpenSeries> LoadAsync(LabDbContext db, Guid runId, string key, MetricPoint first, CancellationToken cancellationToken)
    {
        MetricSeries? row = await db.MetricSeries.AsNoTracking().SingleOrDefaultAsync(s => s.RunId == runId && s.Key == key, cancellationToken);
        if (row is null)
        {
            SeriesPoint point = Stored(first);
            row = new MetricSeries { RunId = runId, Key = key, Blocks = 1, First = point, Last = point, Min = point, Max = point };
            return new OpenSeries(row, new MetricBlock { SeriesId = row.Id, Index = 0, Data = [] }, new BlockColumns(16), saved: false);
        }

        MetricBlock tail = await db.MetricBlocks.AsNoTracking().Where(b => b.SeriesId == row.Id).OrderByDescending(b => b.FirstStep).FirstAsync(cancellationToken);
        return new OpenSeries(row, tail, BlockCodec.Decode(tail.Data), saved: true);
    }

    /// <summary>Puts the points into blocks and summary. Of points with the same step the later one wins.</summary>
    public async Task ApplyAsync(LabDbContext db, MetricRows rows, List<MetricPoint> points, CancellationToken cancellationToken)
    {
        if (!_saved)
            await rows.AddAsync(_row);
        bool rising = IsRising(points), extremeReplaced = false;
        if (rising && (_columns.Count == 0 || points[0].Step > _columns.Steps[^1]))
        {
            await AppendAsync(rows, points);
        }
        else
        {
            var older = new List<MetricPoint>();
            long tailStart = _row.Blocks == 1 ? long.MinValue : _tail.FirstStep;
            foreach (MetricPoint point in rising ? (IEnumerable<MetricPoint>)points : points.OrderBy(p => p.Step))
            {
                if (point.Step < tailStart)
                    older.Add(point);
                else
                    extremeReplaced |= Set(_columns, point);
            }

            while (_columns.Count > BlockSize)
            {
                BlockColumns rest = _columns.SplitAt(BlockSize);
                await SaveAsync(rows, _tail, _columns);
                (_tail, _columns) = (NewBlock(), rest);
            }

            if (older.Count > 0)
                extremeReplaced |= await ApplyOlderAsync(db, rows, older, cancellationToken);
        }

        await SaveAsync(rows, _tail, _columns);
        if (extremeReplaced)
            await FindExtremesAsync(db, rows, cancellationToken);
        await rows.UpdateAsync(_row);
        _saved = true;
    }

    private static bool IsRising(List<MetricPoint> points)
    {
        for (int i = 1; i < points.Count; i++)
        {
            if (points[i].Step <= points[i - 1].Step)
                return false;
        }

        return true;
    }

    /// <summary>Points that come after all that are here: what a run that trains sends.</summary>
    private async Task AppendAsync(MetricRows rows, List<MetricPoint> points)
    {
        int min = -1, max = -1;
        for (int i = 0; i < points.Count; i++)
        {
            if (_columns.Count == BlockSize)
            {
                await SaveAsync(rows, _tail, _columns);
                (_tail, _columns) = (NewBlock(), new BlockColumns(BlockSize));
            }

            MetricPoint point = points[i];
            _columns.Append(point);
            if (!double.IsFinite(point.Value))
                continue;
            if (min < 0 || point.Value < points[min].Value)
                min = i;
            if (max < 0 || point.Value > points[max].Value)
                max = i;
        }

        if (_row.Count == 0)
            _row.First = Stored(points[0]);
        _row.Count += points.Count;
        _row.Last = Stored(points[^1]);
        if (min >= 0)
        {
            Widen(Stored(points[min]));
            Widen(Stored(points[max]));
        }
    }

    /// <summary>Points before the newest block: each goes to the block whose range it falls into or after.</summary>
    private async Task<bool> ApplyOlderAsync(LabDbContext db, MetricRows rows, List<MetricPoint> older, CancellationToken cancellationToken)
    {
        bool extremeReplaced = false;
        for (int i = 0; i < older.Count;)
        {
            await rows.FlushAsync();
            long step = older[i].Step;
            IQueryable<MetricBlock> blocks = db.MetricBlocks.AsNoTracking().Where(b => b.SeriesId == _row.Id);
            MetricBlock block = await blocks.Where(b => b.FirstStep <= step).OrderByDescending(b => b.FirstStep).FirstOrDefaultAsync(cancellationToken)
                ?? await blocks.OrderBy(b => b.FirstStep).FirstAsync(cancellationToken);
            long next = await blocks.Where(b => b.FirstStep > block.FirstStep).Select(b => (long?)b.FirstStep).MinAsync(cancellationToken) ?? _tail.FirstStep;

            BlockColumns columns = BlockCodec.Decode(block.Data);
            for (; i < older.Count && older[i].Step < next; i++)
                extremeReplaced |= Set(columns, older[i]);

            // Even parts, so that points that keep arriving here do not leave tiny blocks behind.
            for (int parts = (columns.Count + BlockSize - 1) / BlockSize; parts > 1; parts--)
            {
                BlockColumns rest = columns.SplitAt(columns.Count / parts);
                await SaveAsync(rows, block, columns);
                (block, columns) = (NewBlock(), rest);
            }

            await SaveAsync(rows, block, columns);
        }

        return extremeReplaced;
    }

    /// <summary>Sets one point and keeps the summary.</summary>
    /// <returns>True when the minimum or maximum was overwritten, so that it must be searched anew.</returns>
    private bool Set(BlockColumns columns, MetricPoint point)
    {
        double? replaced = columns.Set(point);
        if (replaced is null)
            _row.Count++;
        SeriesPoint stored = Stored(point);
        if (point.Step <= _row.First.Step)
            _row.First = stored;
        if (point.Step >= _row.Last.Step)
            _row.Last = stored;
        if (replaced is double before && !before.Equals(point.Value) && (point.Step == _row.Min.Step || point.Step == _row.Max.Step))
            return true;
        // The same value at another time.
        if (point.Step == _row.Min.Step)
            _row.Min = stored;
        if (point.Step == _row.Max.Step)
            _row.Max = stored;
        Widen(stored);
        return false;
    }

    private void Widen(SeriesPoint point)
    {
        if (point.Kind != ValueKind.Finite)
            return;
        if (_row.Min.Kind != ValueKind.Finite || point.Value < _row.Min.Value)
            _row.Min = point;
        if (_row.Max.Kind != ValueKind.Finite || point.Value > _row.Max.Value)
            _row.Max = point;
    }

    private async Task FindExtremesAsync(LabDbContext db, MetricRows rows, CancellationToken cancellationToken)
    {
        await rows.FlushAsync();
        _row.Min = _row.Max = _row.First;
        await foreach (byte[] data in db.MetricBlocks.Where(b => b.SeriesId == _row.Id).OrderBy(b => b.FirstStep).Select(b => b.Data).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            BlockColumns columns = BlockCodec.Decode(data);
            for (int i = 0; i < columns.Count; i++)
                Widen(SeriesPoint.From(columns[i]));
        }
    }

    private MetricBlock NewBlock() => new() { SeriesId = _row.Id, Index = _row.Blocks++, Data = [] };

    private static Task SaveAsync(MetricRows rows, MetricBlock block, BlockColumns columns)
    {
        block.FirstStep = columns.Steps[0];
        block.LastStep = columns.Steps[^1];
        block.Count = columns.Count;
        block.Data = BlockCodec.Encode(columns);
        return rows.SaveAsync(block);
    }

    private static SeriesPoint Stored(MetricPoint point) => SeriesPoint.From(point with { Time = BlockColumns.Rounded(point.Time) });
}
