using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.Core.Runs;

namespace LrcnLab.Benchmarks;

/// <summary>Points a second over HTTP into the real program, each request answered when its points are on disk.</summary>
internal static class HttpBenchmark
{
    private const int Keys = 10, Steps = 200;

    public static async Task<int> RunAsync(int senders, int seconds)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        List<Guid> runs;
        await using (BenchmarkLab lab = await BenchmarkLab.CreateAsync(folder))
            runs = await lab.AddRunsAsync(senders, RunState.Completed);
        long[] sent;
        double took;
        long stored = 0;
        await using (BenchmarkServer server = await BenchmarkServer.StartAsync(folder))
        {
            long start = Stopwatch.GetTimestamp();
            sent = await Task.WhenAll(runs.Select(run => Task.Run(() => SendAsync(server.Http, run, seconds))));
            took = Stopwatch.GetElapsedTime(start).TotalSeconds;
            foreach (Guid run in runs)
            {
                JsonNode answer = (await server.Http.GetFromJsonAsync<JsonNode>($"runs/{run}"))!;
                stored += answer["metrics"]!.AsObject().Sum(m => m.Value!["count"]!.GetValue<long>());
            }
        }

        Directory.Delete(folder, recursive: true);
        Report.Line($"{senders} senders, requests of {Keys} series with {Steps} points, {took:0.0} s: {stored / took:#,0} points/s; {sent.Sum():#,0} acknowledged, {stored:#,0} there");
        return sent.Sum() == stored ? 0 : 1;
    }

    private static async Task<long> SendAsync(HttpClient http, Guid run, int seconds)
    {
        var random = new Random(1);
        long start = Stopwatch.GetTimestamp(), sent = 0;
        for (long step = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; step += Steps)
        {
            string steps = string.Join(',', Enumerable.Range(0, Steps).Select(i => (step + i).ToString(CultureInfo.InvariantCulture)));
            var body = new StringBuilder("{\"series\":[");
            for (int key = 0; key < Keys; key++)
                body.Append(CultureInfo.InvariantCulture, $"{(key == 0 ? "" : ",")}{{\"key\":\"metric/{key}\",\"steps\":[{steps}],\"values\":[{string.Join(',', Enumerable.Range(0, Steps).Select(_ => ((float)random.NextDouble()).ToString("R", CultureInfo.InvariantCulture)))}]}}");
            using HttpResponseMessage answer = await http.PostAsync($"runs/{run}/metrics", new StringContent(body.Append("]}").ToString(), Encoding.UTF8, "application/json"));
            answer.EnsureSuccessStatusCode();
            sent += Keys * Steps;
        }

        return sent;
    }
}
