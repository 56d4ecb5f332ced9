using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LrcnLab.Scheduling.Datasets;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>Uploads as anybody may send them.</summary>
public sealed class UploadApiTests(LabServer server) : IClassFixture<LabServer>
{
    private readonly HttpClient _client = server.CreateClient();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_IsAnnouncedSentAndCompleted()
    {
        JsonObject upload = await CreateAsync(HttpStatusCode.Created);
        string address = $"/api/v1/uploads/{upload["id"]}";
        Assert.Equal(upload["id"]!.ToString(), (await CreateAsync(HttpStatusCode.OK))["id"]!.ToString());

        Assert.Equal(HttpStatusCode.Conflict, (await PutAsync($"{address}/files/0?offset=2", 2)).StatusCode);
        var stored = await PutAsync($"{address}/files/0?offset=0", 4);
        Assert.Equal(4, (int)(await stored.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["received"]!);
        var completed = await _client.PostAsync($"{address}/complete", null, Cancel);
        Assert.Equal("received", (string)(await completed.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["state"]!);

        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync(address, Cancel)).StatusCode);
        Assert.Equal("canceled", (string)(await _client.GetFromJsonAsync<JsonObject>(address, Cancel))!["state"]!);
    }

    [Fact]
    public async Task Piece_LargerThanAllowed_Is413()
    {
        var answer = await PutAsync($"/api/v1/uploads/{Guid.CreateVersion7()}/files/0?offset=0", UploadReceiver.MaxPieceBytes + 1);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("at most", (string)(await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "name": "x", "files": [] }""", "files")]
    [InlineData("""{ "name": "x" }""", "files")]
    [InlineData("""{ "name": "x", "files": [null] }""", "files")]
    [InlineData("""{ "name": "", "files": [{ "path": "a", "bytes": 1 }] }""", "name")]
    [InlineData("""{ "name": "x", "files": [{ "path": "../a", "bytes": 1 }] }""", "files[0].path")]
    [InlineData("""{ "name": "x", "files": [{ "path": "a", "bytes": -1 }] }""", "files[0].bytes")]
    public async Task Announcement_ThatIsWrong_NamesTheField(string body, string field)
    {
        var answer = await _client.PostAsync("/api/v1/uploads", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["errors"]!.AsObject().Single().Key);
    }

    [Theory]
    [InlineData("GET", "/api/v1/uploads/01900000-0000-7000-8000-000000000000")]
    [InlineData("DELETE", "/api/v1/uploads/01900000-0000-7000-8000-000000000000")]
    [InlineData("POST", "/api/v1/uploads/01900000-0000-7000-8000-000000000000/complete")]
    [InlineData("POST", "/api/v1/datasets/imports/01900000-0000-7000-8000-000000000000/cancel")]
    public async Task UnknownThing_IsProblem404(string method, string address)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);

        Assert.Equal(HttpStatusCode.NotFound, (await _client.SendAsync(request, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("""{ "name": "x" }""", "path")]
    [InlineData("""{ "name": "x", "uploadId": "01900000-0000-7000-8000-000000000000" }""", "uploadId")]
    [InlineData("""{ "name": "x", "path": "/tmp", "layout": "mine" }""", "layout")]
    [InlineData("""{ "name": "x", "path": "/tmp", "testShare": 2 }""", "testShare")]
    public async Task ImportAndPreview_OfNothingGood_NameTheField(string body, string field)
    {
        foreach (string address in (string[])["/api/v1/datasets/import", "/api/v1/datasets/import/preview"])
        {
            var answer = await _client.PostAsync(address, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Cancel);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["errors"]!.AsObject().Single().Key);
        }
    }

    private async Task<JsonObject> CreateAsync(HttpStatusCode expected)
    {
        var answer = await _client.PostAsJsonAsync("/api/v1/uploads", new { name = "x", files = new[] { new { path = "a/1.avi", bytes = 4 } } }, Cancel);
        Assert.Equal(expected, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;
    }

    private Task<HttpResponseMessage> PutAsync(string address, int bytes) => _client.PutAsync(address, new ByteArrayContent(new byte[bytes]), Cancel);
}
