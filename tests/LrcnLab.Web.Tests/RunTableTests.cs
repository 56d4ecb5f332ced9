using System.Net;
using System.Text.Json.Nodes;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
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

    private Task<Guid> AddAsync(string name, RunState state, Func<RunSpec, RunSpec> change, Func<int, double> loss, int steps) => StoredRuns.AddAsync(server.Services, name, state, change, loss, steps, Cancel);

    private static MetricSample Sample(int step, double loss) => StoredRuns.Sample(step, loss);
}
