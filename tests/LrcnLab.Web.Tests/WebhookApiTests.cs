using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>Webhooks and notifications over HTTP.</summary>
public sealed class WebhookApiTests(LabServer server) : IClassFixture<LabServer>
{
    private const string Nobody = "01900000-0000-7000-8000-000000000000";

    private readonly HttpClient _client = server.CreateClient();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Webhook_IsMadeChangedTriedAndRemoved()
    {
        // Where nothing listens.
        JsonObject made = await SendAsync(HttpMethod.Post, "webhooks", """{ "name": "pager", "url": "http://127.0.0.1:9/", "kinds": ["run-failed", "guard"] }""", HttpStatusCode.Created);
        string id = (string)made["id"]!, secret = (string)made["secret"]!;
        Assert.Equal(64, secret.Length);
        JsonObject listed = await OneAsync("pager");
        Assert.Equal(["run-failed", "guard"], listed["kinds"]!.AsArray().Select(k => (string)k!));
        Assert.DoesNotContain(secret, listed.ToJsonString(), StringComparison.Ordinal);

        JsonObject tried = await SendAsync(HttpMethod.Post, $"webhooks/{id}/test", null, HttpStatusCode.OK);
        Assert.Null(tried["status"]);
        Assert.False((bool)tried["isGood"]!);
        Assert.NotEmpty((string)tried["answer"]!);
        JsonObject delivery = (await SendAsync(HttpMethod.Get, $"webhooks/{id}/deliveries", null, HttpStatusCode.OK))["items"]!.AsArray().Single()!.AsObject();
        Assert.Equal(("pending", 1), ((string)delivery["state"]!, (int)delivery["attempts"]!));
        Assert.Equal("test", (string)JsonNode.Parse((string)delivery["body"]!)!["kind"]!);
        await SendAsync(HttpMethod.Post, $"deliveries/{delivery["id"]}/retry", null, HttpStatusCode.OK);

        await SendAsync(HttpMethod.Put, $"webhooks/{id}", """{ "name": "pager 2", "url": "http://127.0.0.1:9/x" }""", HttpStatusCode.NoContent);
        listed = await OneAsync("pager 2");
        Assert.Equal((id, "http://127.0.0.1:9/x", 0), ((string)listed["id"]!, (string)listed["url"]!, listed["kinds"]!.AsArray().Count));
        Assert.Contains("ftp://x", Errors(await SendAsync(HttpMethod.Put, $"webhooks/{id}", """{ "name": "pager 2", "url": "ftp://x" }""", HttpStatusCode.BadRequest), "url"), StringComparison.Ordinal);
        await SendAsync(HttpMethod.Post, $"webhooks/{id}/enable", """{ "enabled": false }""", HttpStatusCode.NoContent);
        Assert.False((bool)(await OneAsync("pager 2"))["enabled"]!);
        JsonObject rotated = await SendAsync(HttpMethod.Post, $"webhooks/{id}/rotate", null, HttpStatusCode.OK);
        Assert.NotEqual(secret, (string)rotated["secret"]!);

        await SendAsync(HttpMethod.Delete, $"webhooks/{id}", null, HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, $"webhooks/{id}", null, HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Post, $"deliveries/{delivery["id"]}/retry", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{ "url": "https://example.org/" }""", "name")]
    [InlineData("""{ "name": "x" }""", "url")]
    [InlineData("""{ "name": "x", "url": "https://me:word@example.org/" }""", "url")]
    [InlineData("""{ "name": "x", "url": "http://169.254.169.254/latest" }""", "url")]
    [InlineData("""{ "name": "x", "url": "https://example.org/", "projectId": "01900000-0000-7000-8000-000000000000" }""", "projectId")]
    public async Task Create_OfWhatCannotBe_NamesTheField(string body, string field) => Assert.NotEmpty(Errors(await SendAsync(HttpMethod.Post, "webhooks", body, HttpStatusCode.BadRequest), field));

    [Theory]
    [InlineData("GET", $"webhooks/{Nobody}/deliveries")]
    [InlineData("POST", $"webhooks/{Nobody}/test")]
    [InlineData("POST", $"webhooks/{Nobody}/rotate")]
    [InlineData("DELETE", $"webhooks/{Nobody}")]
    [InlineData("POST", $"deliveries/{Nobody}/retry")]
    public async Task UnknownWebhook_IsProblem404(string method, string path) => await SendAsync(new HttpMethod(method), path, null, HttpStatusCode.NotFound);

    [Fact]
    public async Task UnknownWebhook_IsNotChanged()
    {
        await SendAsync(HttpMethod.Put, $"webhooks/{Nobody}", """{ "name": "x", "url": "https://example.org/" }""", HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Post, $"webhooks/{Nobody}/enable", """{ "enabled": true }""", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Notifications_AreFilteredByKindsThatExist()
    {
        Assert.Empty((await SendAsync(HttpMethod.Get, "notifications?unread=true&kind=run-completed", null, HttpStatusCode.OK))["items"]!.AsArray());
        Assert.Contains("\"party\" is no kind: allowed are run-completed, run-failed,", Errors(await SendAsync(HttpMethod.Get, "notifications?kind=party", null, HttpStatusCode.BadRequest), "kind"), StringComparison.Ordinal);
        await SendAsync(HttpMethod.Post, "notifications/read", null, HttpStatusCode.NoContent);
    }

    private async Task<JsonObject> OneAsync(string name) =>
        (await SendAsync(HttpMethod.Get, "webhooks", null, HttpStatusCode.OK))["items"]!.AsArray().Single(w => (string)w!["name"]! == name)!.AsObject();

    private static string Errors(JsonObject problem, string field) => (string)problem["errors"]![field]![0]!;

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}") { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage answer = await _client.SendAsync(request, Cancel);
        string text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == expected, $"{method} {path}: {answer.StatusCode} {text}");
        if (answer.StatusCode >= HttpStatusCode.BadRequest)
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }
}
