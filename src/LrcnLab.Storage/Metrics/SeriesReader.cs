using LrcnLab.Core.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Metrics;

/// <summary>Reads thinned views of series from their blocks.</summary>
internal static class SeriesReader
{
    /// <inheritdoc cref="MetricStore.ReadAsync(Guid, string, int, long?, long?, string?, CancellationToken)"/>
    public static async Task<MetricSeriesData?> ReadAsync(LabDbContext db, Guid runId, string key, int points, long from, long to, string? other, CancellationToken cancellationToken)
    {
        if (await PartsAsync(db, runId, key, from, to, cancellationToken) is not { } parts)
            return null;
        // A curve has a few blocks; a view of many is put together from their summaries.
        MetricSeriesData data = parts.Count < points / Thinning.KeptOfBucket || parts.Sum(p => (long)p.Count) <= points
            ? Thin(key, Join(parts), points)
            : ThinByBlocks(key, parts, points / Thinning.KeptOfBucket);
        if (other is null)
            return data;
        // Its last value before the range counts too.
        List<Part>? beside = await PartsAsync(db, runId, other, long.MinValue, to, cancellationToken);
        return data with { Other = Beside(data.Steps, beside is null ? null : Join(beside)) };
    }

    /// <inheritdoc cref="MetricStore.AtEpochAsync"/>
    public static async Task<IReadOnlyDictionary<Guid, double>> AtEpochAsync(LabDbContext db, IReadOnlyCollection<Guid> runIds, string key, double epoch, CancellationToken cancellationToken)
    {
        // One block each: the last that begins by then. Who does not count steps by epochs has all of them looked through.
        var counted = from s in db.MetricSeries
                      where s.Key == key && runIds.Contains(s.RunId) && s.Last.Epoch >= epoch
                      join r in db.Runs on s.RunId equals r.Id
                      let end = r.StepsPerEpoch > 0 ? r.StepsPerEpoch * epoch : double.MaxValue
                      select new { s.RunId, SeriesId = s.Id, Data = db.MetricBlocks.Where(b => b.SeriesId == s.Id && b.FirstStep <= end).OrderByDescending(b => b.FirstStep).Select(b => b.Data).FirstOrDefault() };
        var values = new Dictionary<Guid, double>();
        foreach (var found in await counted.ToListAsync(cancellationToken))
        {
            double? value = found.Data is null ? null : At(BlockCodec.Decode(found.Data), epoch);
            value ??= await SearchAsync(db, found.SeriesId, epoch, cancellationToken);
            if (value is double known)
                values[found.RunId] = known;
        }

        return values;
    }

    private static async Task<double?> SearchAsync(LabDbContext db, Guid series, double epoch, CancellationToken cancellationToken)
    {
        await foreach (byte[] block in db.MetricBlocks.Where(b => b.SeriesId == series).OrderByDescending(b => b.FirstStep).Select(b => b.Data).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (At(BlockCodec.Decode(block), epoch) is double value)
                return value;
        }

        return null;
    }

    private static double? At(BlockColumns columns, double epoch)
    {
        for (int i = columns.Count - 1; i >= 0; i--)
        {
            if (columns.Epochs[i] <= epoch)
                return columns.Values[i];
        }

        return null;
    }

    /// <summary>The blocks in a range of steps; null when there is no such series.</summary>
    private static async Task<List<Part>?> PartsAsync(LabDbContext db, Guid runId, string key, long from, long to, CancellationToken cancellationToken)
    {
        Guid series = await db.MetricSeries.Where(s => s.RunId == runId && s.Key == key).Select(s => s.Id).SingleOrDefaultAsync(cancellationToken);
        if (series == Guid.Empty)
            return null;
        var blocks = await db.MetricBlocks
            .Where(b => b.SeriesId == series && b.LastStep >= from && b.FirstStep <= to)
            .OrderBy(b => b.FirstStep)
            .Select(b => new { b.FirstStep, b.LastStep, b.Count, b.Data })
            .ToListAsync(cancellationToken);
        return [.. blocks.Select(b => b.FirstStep >= from && b.LastStep <= to ? new Part(b.Count, b.Data, null) : Part.Of(Between(BlockCodec.Decode(b.Data), from, to))).Where(p => p.Count > 0)];
    }

    private static BlockColumns Between(BlockColumns columns, long from, long to)
    {
        int start = LowerBound(columns.Steps, from), end = to == long.MaxValue ? columns.Count : LowerBound(columns.Steps, to + 1);
        var part = new BlockColumns(end - start);
        part.Append(columns.Steps[start..end], columns.Epochs[start..end], columns.Times[start..end], columns.Values[start..end]);
        return part;
    }

    private static BlockColumns Join(List<Part> parts)
    {
        var all = new BlockColumns(parts.Sum(p => p.Count));
        foreach (Part part in parts)
        {
            if (part.Columns is { } columns)
                all.Append(columns.Steps, columns.Epochs, columns.Times, columns.Values);
            else
                BlockCodec.Decode(part.Data, all);
        }

        return all;
    }

    private static MetricSeriesData Thin(string key, BlockColumns all, int points)
    {
        IReadOnlyList<int> kept = Thinning.Select(all.Values, points);
        return Data(key, all.Count, [.. kept.Select(all.StoredAt)]);
    }

    /// <summary>As <see cref="Thinning"/>, with buckets that are made of whole blocks.</summary>
    private static MetricSeriesData ThinByBlocks(string key, List<Part> parts, int buckets)
    {
        long total = parts.Sum(p => (long)p.Count), passed = 0;
        var points = new List<StoredPoint>(buckets * Thinning.KeptOfBucket);
        for (int i = 0, bucket = 0; i < parts.Count; bucket++)
        {
            long end = total * (bucket + 1) / buckets;
            int first = i;
            while (i < parts.Count && (passed < end || i == first))
                passed += parts[i++].Count;
            AddBucket(points, parts[first..i]);
        }

        return Data(key, total, points);
    }

    private static void AddBucket(List<StoredPoint> points, List<Part> parts)
    {
        BlockSummary[] summaries = [.. parts.Select(p => p.Summarize())];
        var kept = new SortedDictionary<long, StoredPoint> { [summaries[0].First.Step] = summaries[0].First, [summaries[^1].Last.Step] = summaries[^1].Last };
        var finite = summaries.Where(s => double.IsFinite(s.Min.Value));
        if (finite.Any())
        {
            Keep(finite.MinBy(s => s.Min.Value).Min);
            Keep(finite.MaxBy(s => s.Max.Value).Max);
        }

        foreach (Part part in parts.Where((_, i) => summaries[i].NotFinite > 0))
        {
            BlockColumns columns = part.Columns ?? BlockCodec.Decode(part.Data);
            for (int i = 0; i < columns.Count; i++)
            {
                if (!double.IsFinite(columns.Values[i]))
                    Keep(columns.StoredAt(i));
            }
        }

        points.AddRange(kept.Values);

        void Keep(StoredPoint point) => kept[point.Step] = point;
    }

    private static double[] Beside(long[] steps, BlockColumns? other)
    {
        double[] beside = new double[steps.Length];
        for (int i = 0, at = -1; i < steps.Length; i++)
        {
            while (other is not null && at + 1 < other.Count && other.Steps[at + 1] <= steps[i])
                at++;
            beside[i] = at < 0 ? double.NaN : other!.Values[at];
        }

        return beside;
    }

    private static MetricSeriesData Data(string key, long total, List<StoredPoint> points)
    {
        var data = new MetricSeriesData(key, total, new long[points.Count], new double[points.Count], new long[points.Count], new double[points.Count]);
        for (int i = 0; i < points.Count; i++)
            (data.Steps[i], data.Epochs[i], data.Times[i], data.Values[i]) = points[i];
        return data;
    }

    /// <summary>Index of the first step that is not below <paramref name="step"/>.</summary>
    private static int LowerBound(ReadOnlySpan<long> steps, long step)
    {
        int at = steps.BinarySearch(step);
        return at < 0 ? ~at : at;
    }

    /// <summary>A block, or the part of one that lies in the range and is unpacked.</summary>
    private sealed record Part(int Count, byte[] Data, BlockColumns? Columns)
    {
        public static Part Of(BlockColumns columns) => new(columns.Count, [], columns);

        public BlockSummary Summarize() => (Columns is null ? BlockCodec.Summary(Data) : null) ?? BlockSummary.Of(Columns ?? BlockCodec.Decode(Data));
    }
}
