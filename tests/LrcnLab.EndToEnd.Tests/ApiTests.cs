using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Xunit;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>The REST API, without a browser.</summary>
public sealed class ApiTests(Lab shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateRun_WithThreeWrongFields_NamesAllThree()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        var spec = new JsonObject
        {
            ["data"] = new JsonObject { ["clipLength"] = 0 },
            ["model"] = new JsonObject { ["backbone"] = new JsonObject { ["convolutions"] = new JsonArray(new JsonObject { ["kernel"] = 99 }) } },
            ["optimizer"] = new JsonObject { ["kind"] = "lion" },
        };
        using HttpResponseMessage answer = await lab.Api.PostAsync("runs", new JsonObject { ["name"] = "wrong", ["spec"] = spec }, Cancel);
        JsonNode problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["data.clipLength", "model.backbone.convolutions[0].kernel", "optimizer.kind"], problem["errors"]!.AsObject().Select(e => e.Key).Order());
        Assert.Contains("adam", problem["errors"]!["optimizer.kind"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain(await lab.Api.ItemsAsync("runs", Cancel), r => r!["name"]!.GetValue<string>() == "wrong");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{ "name": "a" }""")]
    [InlineData("""{ "name": "a", "name": "b", "spec": {} }""")]
    [InlineData("""{ "name": "a", "spec": { "data": {}, "data": {} } }""")]
    [InlineData("""{ "name": "\ud800", "spec": {} }""")]
    [InlineData("""{ "name": "a", "spec": { "data": { "dataset": "\ud800" } } }""")]
    [InlineData("""{ "name": "", "spec": {} }""")]
    [InlineData("""{ "name": "a", "preset": "nothing", "spec": {} }""")]
    [InlineData("""{ "name": "a", "spec": { "data": { "dataset": "no-such-data-set" } } }""")]
    public async Task CreateRun_WithABrokenBody_IsABadRequest(string body)
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        using HttpResponseMessage answer = await lab.Api.Http.PostAsync("runs", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty(JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["errors"]!.AsObject());
    }

    [Fact]
    public async Task UnknownRun_IsNotFoundAsAProblem()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        using HttpResponseMessage answer = await lab.Api.Http.GetAsync($"runs/{Guid.CreateVersion7()}", Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task OpenApiDocument_HasWhatTheReadmePromises()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        JsonObject paths = (await lab.Api.GetAsync("/openapi/v1.json", Cancel))["paths"]!.AsObject();
        string[] expected =
        [
            "/api/v1/datasets", "/api/v1/runs", "/api/v1/runs/{id}", "/api/v1/runs/{id}/stop", "/api/v1/runs/{id}/metrics", "/api/v1/runs/{id}/confusion-matrices",
            "/api/v1/runs/{id}/checkpoints", "/api/v1/checkpoints/{id}/content", "/api/v1/health", "/api/v1/presets", "/api/v1/models/describe",
        ];

        Assert.Superset(expected.ToHashSet(), paths.Select(p => p.Key).ToHashSet());
    }

    [Fact]
    public async Task DescribeModel_OfTheSeedPreset_CountsAsKerasDoes()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        JsonNode spec = (await lab.Api.GetAsync("presets/keras-post", Cancel))["spec"]!;
        using HttpResponseMessage answer = await lab.Api.PostAsync("models/describe?classes=101", spec, Cancel);
        JsonNode summary = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;

        Assert.Equal((4_375_685, 4_377_733), (summary["parametersKeras"]!.GetValue<long>(), summary["parameters"]!.GetValue<long>()));
    }

    [Fact]
    public async Task Stop_OfACompletedRun_IsAConflictThatNamesBothStates()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid run = (await shared.CompletedRunsAsync(1, Cancel))[0];
        using HttpResponseMessage answer = await lab.Api.PostAsync($"runs/{run}/stop", null, Cancel);
        string text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("completed", text, StringComparison.Ordinal);
        Assert.Contains("stopp", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckpointContent_InRangesAndByTag_IsTheSameFile()
    {
        LabProcess lab = await shared.WithSampleAsync(Cancel);
        Guid run = (await shared.CompletedRunsAsync(1, Cancel))[0];
        JsonNode checkpoint = (await lab.Api.ItemsAsync($"runs/{run}/checkpoints", Cancel))[0]!;
        string address = $"checkpoints/{checkpoint["id"]}/content?format=safetensors";
        byte[] whole = await lab.Api.Http.GetByteArrayAsync(address, Cancel);
        Assert.Equal(checkpoint["weightsSha256"]!.GetValue<string>(), Convert.ToHexStringLower(SHA256.HashData(whole)));

        (HttpResponseMessage first, byte[] head) = await RangeAsync(lab, address, 0, 999);
        (HttpResponseMessage second, byte[] tail) = await RangeAsync(lab, address, 1000, null);
        Assert.Equal((HttpStatusCode.PartialContent, HttpStatusCode.PartialContent), (first.StatusCode, second.StatusCode));
        Assert.Equal(whole, (byte[])[.. head, .. tail]);

        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using HttpResponseMessage unchanged = await lab.Api.Http.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        (HttpResponseMessage behind, _) = await RangeAsync(lab, address, whole.Length, null);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, behind.StatusCode);
    }

    [Fact]
    public async Task Request_FromAnotherSitesPage_IsRefused()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, "runs") { Content = new StringContent("{}", Encoding.UTF8, "application/json"), Headers = { { "Origin", "http://evil.example" } } };
        using HttpResponseMessage answer = await lab.Api.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Request_ForAForeignHostName_IsRefused()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, "runs") { Headers = { Host = "evil.example" } };
        using HttpResponseMessage answer = await lab.Api.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("/css/lab.css")]
    [InlineData("/js/line-chart.js")]
    [InlineData("/_content/MudBlazor/MudBlazor.min.css")]
    [InlineData("/_framework/blazor.web.js")]
    public async Task Asset_IsServedWithContent(string path)
    {
        LabProcess lab = await shared.GetAsync(Cancel);

        Assert.NotEmpty(await lab.Api.Http.GetByteArrayAsync(path, Cancel));
    }

    private static async Task<(HttpResponseMessage Answer, byte[] Content)> RangeAsync(LabProcess lab, string address, long from, long? to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(from, to) } };
        HttpResponseMessage answer = await lab.Api.Http.SendAsync(request, Cancel);
        return (answer, await answer.Content.ReadAsByteArrayAsync(Cancel));
    }
}
