using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;

namespace LrcnLab.Benchmarks;

/// <summary>A large checkpoint from the real program: cut and gone on with, and ten at once beside a live chart.</summary>
internal static class DownloadBenchmark
{
    private const int Cuts = 5;

    public static async Task<int> RunAsync(int gibibytes)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        try
        {
            (Guid run, Guid checkpoint, string sha256) = await PrepareAsync(folder, (long)gibibytes << 30);
            await using BenchmarkServer server = await BenchmarkServer.StartAsync(folder);
            await ChartAsync(server, run, 50);
            bool same = await CutAsync(server, checkpoint, (long)gibibytes << 30, sha256);
            await TogetherAsync(server, run, checkpoint);
            return same ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> CutAsync(BenchmarkServer server, Guid checkpoint, long bytes, string sha256)
    {
        long before = server.Memory(peak: false);
        server.ForgetPeak();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        (long at, string? tag, long start) = (0, null, Stopwatch.GetTimestamp());
        for (int part = 0; at < bytes; part++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"checkpoints/{checkpoint}/content?format=archive");
            if (part > 0)
                (request.Headers.Range, request.Headers.IfRange) = (new RangeHeaderValue(at, null), RangeConditionHeaderValue.Parse(tag!));
            using HttpResponseMessage answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (answer.StatusCode != (part == 0 ? HttpStatusCode.OK : HttpStatusCode.PartialContent))
                throw new InvalidOperationException($"{answer.StatusCode}");
            tag = answer.Headers.ETag!.Tag;
            long until = part < Cuts ? bytes * (part + 1) / (Cuts + 1) + 12_345 : bytes;
            await using Stream from = await answer.Content.ReadAsStreamAsync();
            while (at < until && await from.ReadAsync(buffer) is > 0 and int read)
            {
                hash.AppendData(buffer, 0, read);
                at += read;
            }
        }

        bool same = Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256;
        Report.Line($"{bytes >> 30} GiB cut {Cuts} times: {(same ? "the same SHA-256" : "ANOTHER SHA-256")}, {(bytes >> 20) / Stopwatch.GetElapsedTime(start).TotalSeconds:0} MiB/s, server {before >> 20} MiB before and at most {(server.Memory(peak: true) - before) >> 20} MiB more");
        return same;
    }

    private static async Task TogetherAsync(BenchmarkServer server, Guid run, Guid checkpoint)
    {
        List<double> alone = await ChartAsync(server, run, 200);
        long before = server.Memory(peak: false);
        server.ForgetPeak();
        using var end = new CancellationTokenSource();
        // As fast as a quick network takes it; a loopback without a limit measures how fast this program can throw bytes away.
        Task<long>[] downloads = [.. Enumerable.Range(0, 10).Select(_ => Task.Run(() => TakeAsync(server.Http, checkpoint, end.Token)))];
        await Task.Delay(500);
        long start = Stopwatch.GetTimestamp();
        List<double> beside = await ChartAsync(server, run, 200);
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds + 0.5;
        await end.CancelAsync();
        long taken = (await Task.WhenAll(downloads)).Sum();
        Report.Line($"live chart alone: median {Report.Median(alone):0.0} ms, 95 % below {alone.Order().ElementAt(190):0.0}");
        Report.Line($"beside ten downloads ({(taken >> 20) / took:0} MiB/s together): median {Report.Median(beside):0.0} ms, 95 % below {beside.Order().ElementAt(190):0.0}; server at most {(server.Memory(peak: true) - before) >> 20} MiB more");
    }

    /// <summary>Reads at 50 MiB a second, until the end.</summary>
    private static async Task<long> TakeAsync(HttpClient http, Guid checkpoint, CancellationToken end)
    {
        (long taken, byte[] buffer) = (0, new byte[1 << 20]);
        try
        {
            await using Stream from = await http.GetStreamAsync(new Uri($"checkpoints/{checkpoint}/content?format=archive", UriKind.Relative), end);
            while (await from.ReadAsync(buffer, end) is > 0 and int read)
            {
                taken += read;
                await Task.Delay(TimeSpan.FromSeconds(read / (50.0 * (1 << 20))), end);
            }
        }
        catch (OperationCanceledException)
        {
            // Long enough.
        }

        return taken;
    }

    private static async Task<List<double>> ChartAsync(BenchmarkServer server, Guid run, int times)
    {
        var taken = new List<double>();
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            (await server.Http.GetByteArrayAsync(new Uri($"runs/{run}/metrics?key=train/loss&points=1000", UriKind.Relative))).ToString();
            taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(25);
        }

        return taken;
    }

    private static async Task<(Guid Run, Guid Checkpoint, string Sha256)> PrepareAsync(string folder, long bytes)
    {
        await using BenchmarkLab lab = await BenchmarkLab.CreateAsync(folder);
        Guid run = (await lab.AddRunsAsync(1, RunState.Completed))[0];
        await lab.Get<MetricStore>().WriteAsync(run, [.. Enumerable.Range(1, 10_000).Select(i => new MetricSample("train/loss", new MetricPoint(i, i / 100.0, DateTime.UtcNow, (float)(1.0 / i))))], CancellationToken.None);
        string file = Path.Combine(folder, "large.tmp");
        byte[] part = new byte[64 << 20];
        await using (FileStream to = File.Create(file))
        {
            for (long written = 0; written < bytes; written += part.Length)
            {
                new Random((int)(written >> 20)).NextBytes(part.AsSpan(0, 1 << 20));
                await to.WriteAsync(part.AsMemory(0, (int)Math.Min(part.Length, bytes - written)));
            }
        }

        using IncomingArtifact artifact = await lab.Get<ArtifactStore>().TakeAsync(file, CancellationToken.None);
        Guid checkpoint = await lab.Get<LabWriter>().WriteAsync(
            async db =>
            {
                await lab.Get<ArtifactStore>().AddAsync(db, artifact, CancellationToken.None);
                var row = new Checkpoint { RunId = run, Kind = "best", Epoch = 1, Step = 1, Sha256 = artifact.Sha256, Bytes = bytes, WeightsBytes = bytes, WeightsSha256 = artifact.Sha256, Metrics = [], CreatedAt = DateTime.UtcNow };
                db.Checkpoints.Add(row);
                return row.Id;
            },
            CancellationToken.None);
        return (run, checkpoint, artifact.Sha256);
    }
}
