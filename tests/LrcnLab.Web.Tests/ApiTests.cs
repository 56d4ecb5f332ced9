using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class ApiTests(LabServer server) : IClassFixture<LabServer>
{
    private readonly HttpClient _client = server.CreateClient();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PostRuns_ThreeWrongFields_NamesAllThree()
    {
        var answer = await PostAsync("/api/v1/runs", """{ "name": "x", "spec": { "training": { "epochs": 0, "batchSize": "many" }, "model": { "sequence": { "hiden": 3 } } } }""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["errors"]!.AsObject();
        Assert.Equal(["model.sequence.hiden", "training.batchSize", "training.epochs"], errors.Select(e => e.Key).Order());
        Assert.Contains("hidden", errors["model.sequence.hiden"]![0]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("from 1 to 100000", errors["training.epochs"]![0]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ not json")]
    [InlineData("[1,2]")]
    [InlineData("\"text\"")]
    [InlineData("""{ "name": "", "spec": {} }""")]
    [InlineData("""{ "name": "x", "spec": [] }""")]
    [InlineData("""{ "name": "x", "spec": {}, "preset": "nothing" }""")]
    [InlineData("""{ "name": "x", "spec": { "data": { "dataset": "not-here" } } }""")]
    public async Task PostRuns_BadInput_IsRefusedInWords(string body)
    {
        var answer = await PostAsync("/api/v1/runs", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["errors"]!.AsObject());
    }

    [Fact]
    public async Task Describe_SeedModel_AnswersGoldenCounts()
    {
        var answer = await PostAsync("/api/v1/models/describe?classes=101", SpecText.ToJson(Presets.KerasPost.Spec));
        var model = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;

        Assert.Equal(4_375_685, (long)model["parametersKeras"]!);
        Assert.Equal(4_377_733, (long)model["parameters"]!);
        Assert.Equal("conv1", (string)model["layers"]![0]!["name"]!);
        Assert.Equal(6.08e9, (double)model["flopsPerClip"]!, 0.01e9);
    }

    [Theory]
    [InlineData("/api/v1/health")]
    [InlineData("/api/v1/datasets")]
    [InlineData("/api/v1/runs")]
    [InlineData("/api/v1/presets")]
    [InlineData("/api/v1/presets/keras-post")]
    [InlineData("/api/v1/queue")]
    [InlineData("/")]
    [InlineData("/runs/new")]
    public async Task Get_KnownAddress_Answers(string address)
    {
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(address, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/runs/01900000-0000-7000-8000-000000000000")]
    [InlineData("/api/v1/runs/01900000-0000-7000-8000-000000000000/metrics?key=train/loss")]
    [InlineData("/api/v1/runs/01900000-0000-7000-8000-000000000000/checkpoints")]
    [InlineData("/api/v1/checkpoints/01900000-0000-7000-8000-000000000000/content")]
    [InlineData("/api/v1/datasets/01900000-0000-7000-8000-000000000000")]
    [InlineData("/api/v1/datasets/versions/01900000-0000-7000-8000-000000000000/samples/0/preview")]
    [InlineData("/api/v1/presets/nothing")]
    [InlineData("/api/v1/nodes/nobody/usage")]
    [InlineData("/api/v1/nodes/nobody/metrics?key=cpu_cores")]
    [InlineData("/api/v1/backups/..%2Flrcnlab.db/content")]
    [InlineData("/api/v1/no-such-thing")]
    public async Task Get_UnknownThing_IsProblem404(string address)
    {
        var answer = await _client.GetAsync(address, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task OpenApi_NamesEveryCall()
    {
        var document = (await _client.GetFromJsonAsync<JsonObject>("/openapi/v1.json", Cancel))!;
        var paths = document["paths"]!.AsObject().Select(p => p.Key).ToList();

        foreach (string path in (string[])["/datasets", "/datasets/{id}", "/datasets/import", "/presets", "/models/describe", "/runs", "/runs/{id}", "/runs/{id}/stop", "/runs/{id}/kill", "/runs/{id}/pause", "/runs/{id}/resume", "/runs/{id}/metrics", "/runs/{id}/metrics/export", "/metrics/export", "/metrics", "/runs/{id}/confusion-matrices", "/runs/{id}/checkpoints", "/runs/{id}/log", "/checkpoints/{id}/content", "/retention", "/retention/plan", "/backups", "/backups/{name}/content", "/queue", "/nodes", "/nodes/{name}/usage", "/nodes/{name}/metrics", "/devices", "/health"])
            Assert.Contains("/api/v1" + path, paths);
    }

    [Theory]
    [InlineData("/js/line-chart.js")]
    [InlineData("/css/lab.css")]
    [InlineData("/lib/uplot/uPlot.iife.min.js")]
    [InlineData("/_content/MudBlazor/MudBlazor.min.css")]
    public async Task StaticFile_IsServedWhole(string address)
    {
        Assert.True((await _client.GetByteArrayAsync(address, Cancel)).Length > 1000);
    }

    [Fact]
    public async Task Post_FromAnotherSite_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/runs") { Content = new StringContent("{}", Encoding.UTF8, "text/plain") };
        request.Headers.Add("Origin", "https://elsewhere.example");

        Assert.Equal(HttpStatusCode.Forbidden, (await _client.SendAsync(request, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Get_OtherHostName_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/runs");
        request.Headers.Host = "rebound.example";

        Assert.Equal(HttpStatusCode.BadRequest, (await _client.SendAsync(request, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Pages_ForbidForeignScripts()
    {
        var answer = await _client.GetAsync("/", Cancel);

        Assert.Contains("default-src 'self'", string.Join("; ", answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../../..")]
    [InlineData("/proc/self/root/etc")]
    public async Task Import_OutsideAllowedFolders_IsRefused(string path)
    {
        var answer = await _client.PostAsJsonAsync("/api/v1/datasets/import", new { path, name = "x" }, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string address, string body) => _client.PostAsync(address, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
}
