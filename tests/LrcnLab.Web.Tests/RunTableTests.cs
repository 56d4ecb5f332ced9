using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Queries;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs.Table;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Parquet;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>On a real SQLite file.</summary>
public sealed class RunTableTests(LabServer server) : RunTableTestsOn<LabServer>(server);

/// <summary>On a real PostgreSQL.</summary>
public sealed class RunTablePostgresTests : RunTableTestsOn<PostgresServer>
{
    public RunTablePostgresTests(PostgresServer server) : base(server) => PostgresServer.SkipWithout();
}

/// <summary>Filters, order, columns and files of the table of runs, whichever database keeps them.</summary>
public abstract class RunTableTestsOn<TServer>(TServer server) : IClassFixture<TServer> where TServer : LabServer
{
    private const int StepsPerEpoch = 10;

    private RunTableQueries Tables => server.Services.GetRequiredService<RunTableQueries>();

    private LabWriter Writer => server.Services.GetRequiredService<LabWriter>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Table_FiltersAndSortsBySettingsMetricsAndValuesAtAnEpoch()
    {
        await ClearAsync();
        await AddAsync("slow", RunState.Completed, s => s with { Optimizer = s.Optimizer with { LearningRate = 1e-4 } }, step => 5 - step * 0.01, steps: 100);
        await AddAsync("quick", RunState.Completed, s => s with { Optimizer = s.Optimizer with { LearningRate = 1e-2 } }, step => 5 - step * 0.1, steps: 45);
        await AddAsync("failed", RunState.Failed, s => s, step => step == 3 ? double.NaN : 4, steps: 20);
        await AddAsync("empty", RunState.Draft, s => s, _ => 0, steps: 0);

        Assert.Equal("empty failed quick slow", await NamesAsync(null, null));
        Assert.Equal("slow quick failed empty", await NamesAsync(null, "created"));
        Assert.Equal("quick slow", await NamesAsync("state = completed", null));
        Assert.Equal("quick", await NamesAsync("optimizer.learningRate > 1e-3 and state = completed", null));
        Assert.Equal("slow", await NamesAsync("optimizer.learningRate = 0.0001", null));
        // Smallest losses: quick 0.5, failed 4, slow 4; the one without any comes last either way.
        Assert.Equal("quick failed slow empty", await NamesAsync(null, "best(train/loss)"));
        Assert.EndsWith("quick empty", await NamesAsync(null, "-best(train/loss)"), StringComparison.Ordinal);
        Assert.Equal("quick", await NamesAsync("at(train/loss, 4) < 4", null));
        // The quick one ended after four and a half epochs, the failed one after two.
        Assert.Equal("slow", await NamesAsync("at(train/loss, 5) != none", null));

        (RunTableData? table, _) = await Tables.ReadAsync(new RunTableRequest("slow", null, ["at(train/loss, 2)", "first(train/loss)", "count(train/loss)", "optimizer.learningRate", "epoch"]), Cancel);
        Assert.Equal(["4.8", "4.99", "100", "0.0001", "0"], table!.Columns.Select(c => table.Rows[0].Entry.Get(c).ToString()));
        Assert.Equal((4, 1), (table.Total, table.Rows.Count));
    }

    [Fact]
    public async Task Table_SeesWhatChangedSinceItWasLastRead()
    {
        await ClearAsync();
        Guid run = await AddAsync("run", RunState.Running, s => s, _ => 1, steps: 5);
        Assert.Equal("run", await NamesAsync("count(train/loss) = 5", null));
        await server.Services.GetRequiredService<MetricStore>().WriteAsync(run, [Sample(6, 0.5)], Cancel);
        Assert.Equal("run", await NamesAsync("count(train/loss) = 6 and best(train/loss) = 0.5", null));

        await AddAsync("later", RunState.Completed, s => s, _ => 1, steps: 1);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);
        Assert.Equal("later run", await NamesAsync(null, null));
        await Writer.WriteAsync(async db => (await db.Runs.SingleAsync(r => r.Name == "later", Cancel)).BinnedAt = DateTime.UtcNow, Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);
        Assert.Equal("run", await NamesAsync(null, null));
    }

    [Fact]
    public async Task Table_IsServedAndSavedInEveryFormat()
    {
        await ClearAsync();
        Guid run = await AddAsync("a, \"b\"", RunState.Completed, s => s, step => 1.0 / step, steps: 3);
        await AddAsync("none", RunState.Draft, s => s, _ => 0, steps: 0);
        HttpClient client = server.CreateClient();
        const string Columns = "column=name&column=last(train/loss)&column=training.epochs&column=created";

        JsonArray listed = JsonNode.Parse(await client.GetStringAsync("/api/v1/runs?query=best(train/loss)%20%3C%201&sort=name", Cancel))!["items"]!.AsArray();
        Assert.Equal(run, listed.Single()!["id"]!.GetValue<Guid>());
        JsonNode first = JsonNode.Parse(await client.GetStringAsync("/api/v1/runs?take=1", Cancel))!;
        Assert.Equal("1", first["next"]!.GetValue<string>());

        string csv = await client.GetStringAsync($"/api/v1/runs/export?query=last(train/loss)%20!=%20none&{Columns}", Cancel);
        Assert.StartsWith($"run,name,last(train/loss),training.epochs,created\r\n{run},\"a, \"\"b\"\"\",0.3333333333333333,", csv, StringComparison.Ordinal);
        JsonArray json = JsonNode.Parse(await client.GetStringAsync($"/api/v1/runs/export?format=json&sort=name&{Columns}", Cancel))!.AsArray();
        Assert.Equal((1.0 / 3, true), (json[0]!["last(train/loss)"]!.GetValue<double>(), json[1]!["last(train/loss)"] is null));

        await using ParquetReader parquet = await ParquetReader.CreateAsync(new MemoryStream(await client.GetByteArrayAsync($"/api/v1/runs/export?format=parquet&sort=name&{Columns}", Cancel)), cancellationToken: Cancel);
        Assert.Equal(["run", "name", "last(train/loss)", "training.epochs", "created"], parquet.Schema.DataFields.Select(f => f.Name));
        Assert.Equal([typeof(ReadOnlyMemory<char>), typeof(ReadOnlyMemory<char>), typeof(double), typeof(double), typeof(DateTime)], parquet.Schema.DataFields.Select(f => f.ClrType));
        Assert.Equal(2, parquet.Metadata!.NumRows);
    }

    [Fact]
    public async Task Runs_ComeAsOneZip_AFolderEach()
    {
        Guid[] runs = [await AddAsync("same/name", RunState.Completed, s => s, step => step, steps: 3), await AddAsync("same/name", RunState.Completed, s => s, _ => 1, steps: 1)];
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "weights", Cancel);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData("weights"u8));
        await server.Services.GetRequiredService<ArtifactStore>().ImportAsync(file, sha256, Cancel);
        await Writer.WriteAsync(
            db =>
            {
                db.Checkpoints.Add(new Checkpoint { RunId = runs[0], Kind = "best", Epoch = 1, Step = 1, Sha256 = sha256, Bytes = 7, WeightsBytes = 7, WeightsSha256 = sha256, Metrics = [], CreatedAt = DateTime.UtcNow });
                return Task.CompletedTask;
            },
            Cancel);
        HttpClient client = server.CreateClient();

        using (var zip = new ZipArchive(await client.GetStreamAsync($"/api/v1/runs/archive?id={runs[0]}&id={runs[1]}", Cancel)))
        {
            Assert.Equal(
                ["same-name-2/metrics.csv", "same-name-2/run.json", "same-name-2/spec.json", "same-name/checkpoints/best.zip", "same-name/metrics.csv", "same-name/run.json", "same-name/spec.json"],
                zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
            Assert.Equal("weights", Text(zip, "same-name/checkpoints/best.zip"));
            Assert.Equal(4, Text(zip, "same-name/metrics.csv").Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Equal(Presets.QuickStart.Spec.Training.Epochs, SpecText.Parse(Text(zip, "same-name/spec.json")).Spec!.Training.Epochs);
        }

        using (var zip = new ZipArchive(await client.GetStreamAsync($"/api/v1/runs/archive?id={runs[0]}&content=checkpoints", Cancel)))
            Assert.Equal("same-name/checkpoints/best.zip", Assert.Single(zip.Entries).FullName);
        foreach ((string query, HttpStatusCode code) in ((string, HttpStatusCode)[])[("", HttpStatusCode.BadRequest), ("id=x", HttpStatusCode.BadRequest), ($"id={Guid.Empty.ToString()[..^1]}1", HttpStatusCode.NotFound), ($"id={runs[0]}&content=some", HttpStatusCode.BadRequest)])
        {
            using HttpResponseMessage answer = await client.GetAsync($"/api/v1/runs/archive?{query}", Cancel);
            Assert.Equal(code, answer.StatusCode);
        }

        static string Text(ZipArchive zip, string name)
        {
            using var reader = new StreamReader(zip.GetEntry(name)!.Open());
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public async Task Points_AreTakenOverHttp_OnceHoweverOftenTheyAreSent()
    {
        Guid run = await AddAsync("sent to", RunState.Completed, s => s, _ => 1, steps: 1);
        HttpClient client = server.CreateClient();
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage answer = await client.PostAsync($"/api/v1/runs/{run}/metrics", new StringContent("""
                { "series": [ { "key": "mine/score", "steps": [20, 10], "values": [0.5, "NaN"] }, { "key": "mine/other", "steps": [3], "values": [7], "epochs": [2.5], "times": [1000] } ] }
                """, Encoding.UTF8, "application/json"), Cancel);
            Assert.Equal("""{"points":3,"message":"3 points are stored."}""", await answer.Content.ReadAsStringAsync(Cancel));
        }

        MetricStore metrics = server.Services.GetRequiredService<MetricStore>();
        MetricSeriesData score = (await metrics.ReadAsync(run, "mine/score", 100, null, null, Cancel))!;
        Assert.Equal([(10, 1.0, double.NaN), (20, 2.0, 0.5)], score.Steps.Select((s, i) => (s, score.Epochs[i], score.Values[i])));
        MetricSeriesData other = (await metrics.ReadAsync(run, "mine/other", 100, null, null, Cancel))!;
        Assert.Equal((2.5, 1000L), (other.Epochs[0], other.Times[0]));
    }

    [Theory]
    [InlineData("[]", "body", "This is no list of series")]
    [InlineData("{ \"series\": [] }", "series", "At least one series")]
    [InlineData("{ \"series\": [null] }", "series[0]", "missing")]
    [InlineData("{ \"series\": [{ \"key\": \"a b\", \"steps\": [], \"values\": [] }] }", "series[0].key", "\"a b\" is no metric key")]
    [InlineData("{ \"series\": [{ \"key\": \"a\", \"steps\": [1] }] }", "series[0].values", "needs the columns")]
    [InlineData("{ \"series\": [{ \"key\": \"a\", \"steps\": [1, 2], \"values\": [1] }] }", "series[0].values", "There are 1 values for 2 steps")]
    [InlineData("{ \"series\": [{ \"key\": \"a\", \"steps\": [-1], \"values\": [1] }] }", "series[0].steps", "The step -1 is below 0")]
    [InlineData("{ \"series\": [{ \"key\": \"a\", \"steps\": [1], \"values\": [1], \"epochs\": [\"NaN\"] }] }", "series[0].epochs", "The epoch NaN")]
    [InlineData("{ \"series\": [{ \"key\": \"a\", \"steps\": [1], \"values\": [1], \"times\": [-5] }] }", "series[0].times", "The time -5")]
    public async Task WrongPoints_AreRefusedInWords(string body, string field, string message)
    {
        Guid run = await AddAsync("sent wrongly to", RunState.Completed, s => s, _ => 1, steps: 1);
        using HttpResponseMessage answer = await server.CreateClient().PostAsync($"/api/v1/runs/{run}/metrics", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["errors"]![field]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/runs?query=states%20%3D%20x", "query", "At character 1: There is no field \"states\"")]
    [InlineData("/api/v1/runs?query=failed%20or%20model.hidden%20%3E%201", "query", "At character 11: There is no setting \"model.hidden\"; similar are ")]
    [InlineData("/api/v1/runs?sort=size", "sort", "There is no field \"size\"")]
    [InlineData("/api/v1/runs?take=0", "take", "allowed are 1 to")]
    [InlineData("/api/v1/runs/export?column=best(x", "column", "no closing bracket")]
    [InlineData("/api/v1/runs/export?format=xls", "format", "known: csv, json, parquet")]
    public async Task WrongAsking_IsRefusedInWords(string address, string field, string message)
    {
        using HttpResponseMessage answer = await server.CreateClient().GetAsync(address, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["errors"]![field]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private async Task<string> NamesAsync(string? query, string? sort)
    {
        (RunTableData? table, RunTableProblem? problem) = await Tables.ReadAsync(new RunTableRequest(query, sort, []), Cancel);
        Assert.Null(problem);
        return string.Join(' ', table!.Rows.Select(r => r.Run.Name));
    }

    /// <summary>Other tests have their runs on the same server.</summary>
    private async Task ClearAsync()
    {
        await Writer.WriteAsync(db => db.Runs.ExecuteDeleteAsync(Cancel), Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);
    }

    private async Task<Guid> AddAsync(string name, RunState state, Func<RunSpec, RunSpec> change, Func<int, double> loss, int steps)
    {
        DatasetVersion version = await Writer.WriteAsync(
            async db => await db.DatasetVersions.FirstOrDefaultAsync(Cancel) ?? db.DatasetVersions.Add(new DatasetVersion
            {
                Dataset = new Dataset { Name = "table", CreatedAt = DateTime.UtcNow },
                Number = 1,
                Hash = new string('0', 64),
                Root = "/",
                Layout = "csv",
                Classes = ["a"],
                TrainCount = 1,
                ValidationCount = 1,
                TestCount = 0,
                ProblemCount = 0,
                Licence = "",
                CreatedAt = DateTime.UtcNow,
            }).Entity,
            Cancel);
        var run = new Run { Name = name, SpecJson = SpecText.ToJson(change(Presets.QuickStart.Spec)), Classes = ["a"], CreatedAt = DateTime.UtcNow, DatasetVersionId = version.Id, StepsPerEpoch = StepsPerEpoch };
        foreach (RunState next in state == RunState.Draft ? [] : (RunState[])[RunState.Queued, RunState.Starting, RunState.Running, .. state == RunState.Running ? (RunState[])[] : [state]])
            run.Move(next, "For the test.", DateTime.UtcNow);
        await Writer.WriteAsync(
            db =>
            {
                db.Runs.Add(run);
                return Task.CompletedTask;
            },
            Cancel);
        await server.Services.GetRequiredService<MetricStore>().WriteAsync(run.Id, [.. Enumerable.Range(1, steps).Select(s => Sample(s, loss(s)))], Cancel);
        return run.Id;
    }

    private static MetricSample Sample(int step, double loss) => new("train/loss", new MetricPoint(step, step / (double)StepsPerEpoch, DateTime.UnixEpoch.AddSeconds(step), loss));
}
