using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Features.Runs.Table;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>On a real SQLite file.</summary>
public sealed class LabelTests(LabServer server) : LabelTestsOn<LabServer>(server);

/// <summary>On a real PostgreSQL.</summary>
public sealed class LabelPostgresTests : LabelTestsOn<PostgresServer>
{
    public LabelPostgresTests(PostgresServer server) : base(server) => PostgresServer.SkipWithout();
}

/// <summary>Tags, notes, archive, bundles of seeds and saved views, whichever database keeps them.</summary>
public abstract class LabelTestsOn<TServer>(TServer server) : IClassFixture<TServer> where TServer : LabServer
{
    // Not before a test that is to be skipped was skipped.
    private HttpClient Client => field ??= server.CreateClient();

    private RunTableQueries Tables => server.Services.GetRequiredService<RunTableQueries>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TagsNotesAndArchive_AreKept_AndFound()
    {
        Guid first = await AddAsync("labelled-1"), second = await AddAsync("labelled-2");

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync("/api/v1/runs/labels", new JsonObject { ["runs"] = new JsonArray($"{first}", $"{second}"), ["addTags"] = new JsonArray("paper", "<b>bold</b>") }));
        Assert.Equal(HttpStatusCode.NoContent, await PatchAsync(first, new JsonObject { ["notes"] = "# Best", ["name"] = "renamed", ["archived"] = true }));

        Assert.Equal(["labelled-2"], await NamesAsync("tag = paper"));
        Assert.Equal(["renamed"], await NamesAsync("tag = paper and archived > 1h"));
        JsonNode run = JsonNode.Parse(await Client.GetStringAsync($"/api/v1/runs/{first}", Cancel))!;
        Assert.Equal(("# Best", "[\"<b>bold</b>\",\"paper\"]", true), ((string)run["notes"]!, run["tags"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), run["archivedAt"] is not null));

        // The list that is sent is the list from then on.
        Assert.Equal(HttpStatusCode.NoContent, await PatchAsync(first, new JsonObject { ["tags"] = new JsonArray("only"), ["archived"] = false }));
        Assert.Equal(["renamed"], await NamesAsync("tag = only"));
        Assert.Equal(["labelled-2"], await NamesAsync("tag = paper"));
    }

    [Fact]
    public async Task WrongLabels_ChangeNothing()
    {
        Guid run = await AddAsync("untouched"), running = await AddAsync("goes on", RunState.Running);

        Assert.Equal(HttpStatusCode.Conflict, await PostAsync("/api/v1/runs/labels", new JsonObject { ["runs"] = new JsonArray($"{run}", $"{Guid.CreateVersion7()}"), ["addTags"] = new JsonArray("a") }));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync("/api/v1/runs/labels", new JsonObject { ["runs"] = new JsonArray($"{run}", $"{running}"), ["archived"] = true }));
        Assert.Equal(HttpStatusCode.Conflict, await PatchAsync(run, new JsonObject { ["tags"] = new JsonArray(new string('x', 10_000)) }));
        Assert.Equal(HttpStatusCode.Conflict, await PatchAsync(run, new JsonObject { ["name"] = "\n" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PatchAsync(run, new JsonObject { ["state"] = "completed" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PatchAsync(run, new JsonObject { ["tags"] = new JsonArray(1) }));
        Assert.Equal(HttpStatusCode.BadRequest, await PatchAsync(run, new JsonObject { ["archived"] = "yes" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/v1/runs/labels", new JsonObject { ["runs"] = new JsonArray("../../etc/passwd") }));
        Assert.Equal(HttpStatusCode.NotFound, await PatchAsync(Guid.CreateVersion7(), []));

        (RunTableData? table, _) = await Tables.ReadAsync(new RunTableRequest("name = untouched", null, []), Cancel);
        Assert.Equal((0, true), (table!.Rows[0].Run.Tags.Count, table.Rows[0].Run.ArchivedAt is null));
    }

    [Fact]
    public async Task RunsThatDifferOnlyInTheirSeed_AreAGroup_WithMeanAndInterval()
    {
        foreach (int seed in (int[])[1, 2, 3])
            await AddAsync($"seeds-{seed}", change: s => s with { Training = s.Training with { Seed = seed } }, loss: seed);
        await AddAsync("seeds-other", change: s => s with { Optimizer = s.Optimizer with { LearningRate = 0.123 } }, loss: 9);

        (RunTableData? table, RunTableProblem? problem) = await Tables.ReadAsync(new RunTableRequest("name ~ seeds-", "name", ["name", "last(train/loss)"], "bundle"), Cancel);
        Assert.Null(problem);
        IReadOnlyList<RunGroup> groups = RunGroup.Of(table!);

        Assert.Equal([3, 1], groups.Select(g => g.Rows.Count));
        Assert.Equal((2, 1), (groups[0].Mean(table!.Columns[1])!.Mean, groups[0].Mean(table.Columns[1])!.Deviation));
        Assert.Null(groups[1].Mean(table.Columns[1]));
        Assert.Equal(6, RunTableLine.Of(table, groups, new HashSet<string>()).Count);
        Assert.Equal(3, RunTableLine.Of(table, groups, new HashSet<string> { groups[0].Key }).Count);
    }

    [Fact]
    public async Task Completion_KnowsTheFieldsAndValuesOfTheRuns()
    {
        Guid run = await AddAsync("completed-by-test");
        await PatchAsync(run, new JsonObject { ["tags"] = new JsonArray("two words") });

        Assert.Equal("last(train/loss)", (await CompleteAsync("last(tr"))[0]);
        Assert.Equal("model.sequence.hidden", (await CompleteAsync("sequence.hid"))[0]);
        Assert.Contains("\"two words\"", await CompleteAsync("tag = tw"));
        Assert.Contains("interrupted", await CompleteAsync("state = int"));
    }

    [Fact]
    public async Task View_IsKeptReplacedAndRemoved()
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/api/v1/views", new JsonObject { ["name"] = "mine", ["address"] = "q=a" }));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/api/v1/views", new JsonObject { ["name"] = " mine ", ["address"] = "q=b&group=bundle" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/v1/views", new JsonObject { ["name"] = "", ["address"] = "q=b" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/v1/views", new JsonObject { ["name"] = "x", ["page"] = "https://example.org" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/v1/views", new JsonObject { ["name"] = "x", ["address"] = new string('a', 9000) }));

        JsonArray views = (JsonArray)JsonNode.Parse(await Client.GetStringAsync("/api/v1/views", Cancel))!["items"]!;
        JsonNode view = Assert.Single(views)!;
        Assert.Equal(("mine", "q=b&group=bundle"), ((string)view["name"]!, (string)view["address"]!));
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync($"/api/v1/views/{view["id"]}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.DeleteAsync($"/api/v1/views/{view["id"]}", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Template_IsKeptReplacedAndRemoved()
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/api/v1/templates", new JsonObject { ["name"] = "mine", ["spec"] = new JsonObject { ["training"] = new JsonObject { ["seed"] = 7 } } }));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/api/v1/templates", new JsonObject { ["name"] = "mine", ["summary"] = "better", ["preset"] = "quick-start", ["spec"] = new JsonObject { ["training"] = new JsonObject { ["seed"] = 8 } } }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/v1/templates", new JsonObject { ["name"] = "" }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/v1/templates", new JsonObject { ["name"] = "x", ["spec"] = new JsonObject { ["training"] = new JsonObject { ["seed"] = -8 } } }));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("/api/v1/templates", new JsonObject { ["name"] = "x", ["file"] = "/etc/passwd" }));

        JsonNode template = Assert.Single((JsonArray)JsonNode.Parse(await Client.GetStringAsync("/api/v1/templates", Cancel))!["items"]!)!;
        Assert.Equal(("mine", "better", 8), ((string)template["name"]!, (string)template["summary"]!, (int)template["spec"]!["training"]!["seed"]!));
        Assert.Equal(HttpStatusCode.NoContent, (await Client.DeleteAsync($"/api/v1/templates/{template["id"]}", Cancel)).StatusCode);
    }

    private async Task<string[]> CompleteAsync(string text)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync("/api/v1/runs/query/complete", new { text, at = text.Length }, Cancel);
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["items"]!.AsArray().Select(i => (string)i!)];
    }

    private async Task<string[]> NamesAsync(string query)
    {
        (RunTableData? table, RunTableProblem? problem) = await Tables.ReadAsync(new RunTableRequest(query, null, []), Cancel);
        Assert.Null(problem);
        return [.. table!.Rows.Select(r => r.Run.Name)];
    }

    private async Task<HttpStatusCode> PostAsync(string address, JsonObject body)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync(address, body, Cancel);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> PatchAsync(Guid run, JsonObject body)
    {
        using HttpResponseMessage answer = await Client.PatchAsJsonAsync($"/api/v1/runs/{run}", body, Cancel);
        return answer.StatusCode;
    }

    private async Task<Guid> AddAsync(string name, RunState state = RunState.Completed, Func<RunSpec, RunSpec>? change = null, double loss = 1)
    {
        Guid run = await StoredRuns.AddAsync(server.Services, name, state, change ?? (s => s), _ => loss, 1, Cancel);
        server.Services.GetRequiredService<RunFeed>().Publish(run, RunParts.State);
        return run;
    }
}
