using CsCheck;
using LrcnLab.Core.Metrics;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Tests;

public sealed class MetricStoreTests
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private static readonly Gen<double> Values = Gen.Frequency(
        (8, Gen.Double[-10, 10]), (4, Gen.Float[-1, 1].Select(f => (double)f)), (1, Gen.OneOf(Gen.Const(double.NaN), Gen.Const(double.PositiveInfinity), Gen.Const(double.NegativeInfinity), Gen.Const(double.Epsilon))));

    private static readonly Gen<MetricSample> Samples = Gen.Select(Gen.OneOf(Gen.Const("train/loss"), Gen.Const("train/accuracy_top1")), Gen.Long[0, 6000], Values, Gen.Int[0, 1_000_000]).Select(
        (key, step, value, time) => new MetricSample(key, new MetricPoint(step, step / 20.0, Start.AddMilliseconds(time), value)));

    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgresql];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Batches in any order, with repeated steps, overwritten extremes, NaN and infinities, and a reopening now and then.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Store_AfterAnyBatches_EqualsTheModel(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Gen<MetricSample[][]> batches = Gen.Frequency(
            (1, Samples.Array[1, 40].Array[1, 12]),
            (1, Samples.Array[1, 3000].Array[1, 4]),
            (1, Gen.Int[1, 2500].Select(n => new[] { Sequence(0, n), Sequence(n / 2, n), Sequence(n, 1500) })));
        await batches.SampleAsync(
            async written =>
            {
                var model = new MetricModel();
                Guid run = await database.AddRunAsync();
                for (int i = 0; i < written.Length; i++)
                {
                    await database.Metrics.WriteAsync(run, written[i], Cancel);
                    model.Write(written[i]);
                    if (i == written.Length / 2)
                        database.Reopen();
                }

                await model.AssertEqualAsync(database.Metrics, run, Cancel);
            },
            iter: 30,
            threads: 1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(double.NaN)]
    public async Task Write_OfTheSameValueAtALaterTime_IsWhatTheSummaryNames(double value)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid run = await database.AddRunAsync();
        foreach (int minute in (int[])[1, 2])
            await database.Metrics.WriteAsync(run, [new MetricSample("a", new MetricPoint(117, 5.85, Start.AddMinutes(minute), value))], Cancel);

        SeriesSummary summary = Assert.Single(await database.Metrics.ListAsync(run, Cancel));
        Assert.All([summary.First, summary.Last, summary.Min, summary.Max], p => Assert.Equal(Start.AddMinutes(2), p.Time));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Write_FromManySenders_LosesNothing(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid[] runs = [await database.AddRunAsync(), await database.AddRunAsync(), await database.AddRunAsync(), await database.AddRunAsync()];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async sender =>
        {
            for (int batch = 0; batch < 25; batch++)
                await database.Metrics.WriteAsync(runs[sender % 4], [.. Enumerable.Range(0, 100).Select(i => Sample($"sender{sender}/loss", batch * 100 + i, sender))], Cancel);
        }));

        IReadOnlyList<SeriesSummary> series = await database.Metrics.ListAsync(runs, Cancel);
        Assert.Equal(16, series.Count);
        Assert.All(series, s => Assert.Equal((2500L, 0L, 2499L), (s.Count, s.First.Step, s.Last.Step)));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Write_ForAMissingRun_FailsAloneAndHarmsNoOther(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid run = await database.AddRunAsync();
        Task[] good = [.. Enumerable.Range(0, 20).Select(i => database.Metrics.WriteAsync(run, [Sample("a", i, i)], Cancel).AsTask())];
        Task bad = database.Metrics.WriteAsync(Guid.CreateVersion7(), [Sample("a", 1, 1)], Cancel).AsTask();
        await Task.WhenAll(good);

        await Assert.ThrowsAnyAsync<DbUpdateException>(() => bad);
        Assert.Equal(20, (await database.Metrics.ListAsync(run, Cancel)).Single().Count);
    }

    [Fact]
    public async Task Write_WithAnInvalidKey_IsRefused()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid run = await database.AddRunAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => database.Metrics.WriteAsync(run, [Sample("a b", 1, 1)], Cancel).AsTask());
    }

    /// <summary>Two programs that share a database: what the other one wrote meanwhile must not be overwritten from memory.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Write_AfterAnotherProgramWrote_KeepsBoth(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid run = await database.AddRunAsync();
        MetricStore first = database.Metrics;
        await first.WriteAsync(run, Sequence(0, 10), Cancel);
        database.Reopen();
        await database.Metrics.WriteAsync(run, Sequence(10, 10), Cancel);
        await first.WriteAsync(run, Sequence(20, 10), Cancel);

        MetricSeriesData? data = await database.Metrics.ReadAsync(run, "train/loss", 100, null, null, Cancel);
        Assert.Equal(Enumerable.Range(0, 30).Select(s => (long)s), data!.Steps);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Read_OfALongSeries_ThinsAndKeepsTheExtremes(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid run = await database.AddRunAsync();
        MetricSample[] samples = Sequence(0, 20_000);
        samples[777] = Sample("train/loss", 777, 99);
        samples[12_345] = Sample("train/loss", 12_345, double.NaN);
        await database.Metrics.WriteAsync(run, samples, Cancel);

        MetricSeriesData? data = await database.Metrics.ReadAsync(run, "train/loss", 200, null, null, Cancel);
        Assert.Equal(20_000, data!.TotalCount);
        Assert.InRange(data.Steps.Length, 100, 201);
        Assert.Contains(777, data.Steps);
        Assert.Contains(12_345, data.Steps);
        Assert.Null(await database.Metrics.ReadAsync(run, "no/such", 200, null, null, Cancel));
        Assert.Empty((await database.Metrics.ReadAsync(run, "train/loss", 200, 30_000, null, Cancel))!.Steps);
    }

    /// <summary>A view with fewer buckets than blocks is put together from what the blocks say of themselves.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Read_OfAVeryLongSeries_LosesNoSpikeAndNothingThatIsNotFinite(int seed)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid run = await database.AddRunAsync();
        const int Count = 200_000, Window = 8192, Points = 400;
        var random = new Random(seed);
        MetricSample[] samples = [.. Enumerable.Range(0, Count).Select(s => Sample("train/loss", s, (float)random.NextDouble()))];
        var expected = new SortedSet<long> { 0, Count - 1 };
        for (int at = 0; at + Window < Count; at += Window)
        {
            // Farther apart than a bucket is wide.
            int high = at + random.Next(Window / 4), low = at + Window / 2 + random.Next(Window / 4), odd = at + random.Next(Window);
            (samples[high], samples[low]) = (Sample("train/loss", high, 100 + random.Next(9)), Sample("train/loss", low, -100 - random.Next(9)));
            if (odd != high && odd != low)
                samples[odd] = Sample("train/loss", odd, random.Next(3) switch { 0 => double.NaN, 1 => double.PositiveInfinity, _ => double.NegativeInfinity });
            expected.UnionWith([high, low, odd]);
        }

        await database.Metrics.WriteAsync(run, samples, Cancel);

        MetricSeriesData all = (await database.Metrics.ReadAsync(run, "train/loss", Points, null, null, Cancel))!;
        Assert.Equal(Count, all.TotalCount);
        Assert.Empty(expected.Except(all.Steps));
        Assert.Equal(all.Steps.Order().Distinct(), all.Steps);
        Assert.InRange(all.Steps.Length, Points / 2, Points + Count / Window);
        Assert.Equal(all.Steps.Select(s => samples[s].Point.Value), all.Values);
        Assert.Equal(all.Steps.Select(s => s / 20.0), all.Epochs);

        MetricSeriesData part = (await database.Metrics.ReadAsync(run, "train/loss", 200, 12_345, 198_765, Cancel))!;
        Assert.Equal((198_765 - 12_345 + 1, 12_345, 198_765), (part.TotalCount, part.Steps[0], part.Steps[^1]));
        Assert.Empty(expected.Where(s => s is > 12_345 and < 198_765).Except(part.Steps));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Read_BesideAnotherMetric_TakesItsLatestValueByThen(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid run = await database.AddRunAsync();
        await database.Metrics.WriteAsync(run, [.. Sequence(0, 10), Sample("validation/loss", 3, 0.5), Sample("validation/loss", 6, double.NaN), Sample("validation/loss", 8, 0.25)], Cancel);

        MetricSeriesData? data = await database.Metrics.ReadAsync(run, "train/loss", 100, 2, 9, "validation/loss", Cancel);
        Assert.Equal((double[])[double.NaN, 0.5, 0.5, 0.5, double.NaN, double.NaN, 0.25, 0.25], data!.Other!);
        Assert.Equal((double[])[0.5, 0.5], (await database.Metrics.ReadAsync(run, "train/loss", 100, 4, 5, "validation/loss", Cancel))!.Other!);
        Assert.All((await database.Metrics.ReadAsync(run, "train/loss", 100, null, null, "no/such", Cancel))!.Other!, v => Assert.True(double.IsNaN(v)));
        Assert.Null((await database.Metrics.ReadAsync(run, "train/loss", 100, null, null, Cancel))!.Other);
    }

    /// <summary>Times, steps, epochs and indexes included, for values as training writes them.</summary>
    [Fact]
    public async Task Store_OfTrainingMetrics_NeedsAtMost8BytesAPoint()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Guid run = await database.AddRunAsync();
        var random = new Random(1);
        const int Points = 200_000;
        DateTime time = Start;
        for (int batch = 0; batch < Points / 1000; batch++)
        {
            var samples = new MetricSample[1000];
            for (int i = 0; i < samples.Length; i++)
            {
                long step = batch * 1000 + i;
                time = time.AddMilliseconds(40 + random.Next(20));
                samples[i] = new MetricSample("train/loss", new MetricPoint(step, step / 37.0, time, (float)(2 * Math.Exp(-step / 1e5) + 0.1 * random.NextDouble())));
            }

            await database.Metrics.WriteAsync(run, samples, Cancel);
        }

        await using LabDbContext db = await database.OpenAsync();
        await db.Database.ExecuteSqlAsync($"PRAGMA wal_checkpoint(TRUNCATE)", Cancel);
        Assert.InRange(new FileInfo(database.Paths.DatabaseFile).Length / (double)Points, 1, 8);
    }

    private static MetricSample[] Sequence(int from, int count) => [.. Enumerable.Range(from, count).Select(s => Sample("train/loss", s, (float)(1.0 / (s + 1))))];

    private static MetricSample Sample(string key, long step, double value) => new(key, new MetricPoint(step, step / 20.0, Start.AddMilliseconds(step * 50), value));
}
