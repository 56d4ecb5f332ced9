using System.Diagnostics;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Storage.Metrics;
using Microsoft.Data.Sqlite;

namespace LrcnLab.Benchmarks;

/// <summary>The metric store against one prepared INSERT a point, in transactions as large as the store's own, on the same disk and as durable.</summary>
internal static class StoreBenchmark
{
    private const int Batch = 4096, Series = 8;

    public static async Task<int> RunAsync(int rounds, int senders)
    {
        const int points = 2_000_000;
        var store = new List<double>();
        var inserts = new List<double>();
        for (int i = 0; i < rounds; i++)
        {
            store.Add(await StoreAsync(senders, points));
            inserts.Add(Insert(senders, points));
        }

        Report.Line($"store: median {Report.Median(store):#,0} points/s, best {store.Max():#,0}");
        Report.Line($"prepared INSERT a point: median {Report.Median(inserts):#,0} points/s, best {inserts.Max():#,0}");
        Report.Line($"{Report.Median(store) / Report.Median(inserts):0.0} times");
        return 0;
    }

    private static async Task<double> StoreAsync(int senders, int points)
    {
        await using BenchmarkLab lab = await BenchmarkLab.CreateAsync();
        List<Guid> runs = await lab.AddRunsAsync(senders, RunState.Running);
        MetricSample[][][] batches = [.. Enumerable.Range(0, senders).Select(s => Batches(s, points / senders).ToArray())];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(runs.Select((run, s) => Task.Run(async () =>
        {
            foreach (MetricSample[] batch in batches[s])
                await lab.Get<MetricStore>().WriteAsync(run, batch, CancellationToken.None);
        })));
        return batches.Sum(b => b.Sum(x => x.Length)) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Insert(int senders, int points)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        MetricSample[][][] batches = [.. Enumerable.Range(0, senders).Select(s => Batches(s, points / senders).ToArray())];
        double took;
        using (var db = new SqliteConnection($"Data Source={Path.Combine(folder, "peer.db")};Pooling=False"))
        {
            db.Open();
            Execute(db, "PRAGMA journal_mode = WAL");
            Execute(db, "PRAGMA synchronous = FULL");
            Execute(db, "CREATE TABLE points (series INTEGER, step INTEGER, epoch REAL, time INTEGER, value REAL, PRIMARY KEY (series, step)) WITHOUT ROWID");
            using SqliteCommand insert = db.CreateCommand();
            insert.CommandText = "INSERT OR REPLACE INTO points VALUES ($series, $step, $epoch, $time, $value)";
            SqliteParameter[] fields = [.. new[] { "$series", "$step", "$epoch", "$time", "$value" }.Select(n => insert.Parameters.Add(n, n is "$epoch" or "$value" ? SqliteType.Real : SqliteType.Integer))];
            var ids = new Dictionary<(int, string), long>();
            long start = Stopwatch.GetTimestamp();
            for (int at = 0; at < batches[0].Length; at++)
            {
                using SqliteTransaction transaction = db.BeginTransaction();
                insert.Transaction = transaction;
                for (int s = 0; s < senders; s++)
                {
                    foreach (MetricSample sample in batches[s][at])
                    {
                        if (!ids.TryGetValue((s, sample.Key), out long id))
                            ids[(s, sample.Key)] = id = ids.Count;
                        fields[0].Value = id;
                        fields[1].Value = sample.Point.Step;
                        fields[2].Value = sample.Point.Epoch;
                        fields[3].Value = sample.Point.Time.Ticks / TimeSpan.TicksPerMillisecond;
                        fields[4].Value = sample.Point.Value;
                        insert.ExecuteNonQuery();
                    }
                }

                transaction.Commit();
            }

            took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Directory.Delete(folder, recursive: true);
        return batches.Sum(b => b.Sum(x => x.Length)) / took;
    }

    private static void Execute(SqliteConnection db, string text)
    {
        using SqliteCommand command = db.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    /// <summary>Points of one sender as a run sends them: all series of a step together.</summary>
    private static IEnumerable<MetricSample[]> Batches(int seed, int points)
    {
        var random = new Random(seed);
        string[] keys = [.. Enumerable.Range(0, Series).Select(k => $"train/metric_{k}")];
        DateTime time = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        long step = 0;
        for (int done = 0; done < points; done += Batch)
        {
            var batch = new MetricSample[Batch];
            for (int i = 0; i < Batch; i += Series)
            {
                step++;
                time = time.AddMilliseconds(40 + random.Next(20));
                for (int k = 0; k < Series; k++)
                    batch[i + k] = new MetricSample(keys[k], new MetricPoint(step, step / 100.0, time, (float)(3 / Math.Sqrt(step) + random.NextDouble() * 0.05)));
            }

            yield return batch;
        }
    }
}
