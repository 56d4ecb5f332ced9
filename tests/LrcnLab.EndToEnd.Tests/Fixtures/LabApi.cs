using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>The program's API as anybody may call it.</summary>
public sealed class LabApi(Uri address) : IDisposable
{
    public HttpClient Http { get; } = new() { BaseAddress = new Uri(address, "/api/v1/"), Timeout = TimeSpan.FromMinutes(2) };

    public void Dispose() => Http.Dispose();

    public async Task<bool> IsHealthyAsync(CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage answer = await Http.GetAsync("health", cancel);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancel) => JsonNode.Parse(await Http.GetStringAsync(path, cancel))!;

    public async Task<JsonArray> ItemsAsync(string path, CancellationToken cancel) => (await GetAsync(path, cancel))["items"]!.AsArray();

    public async Task<HttpResponseMessage> PostAsync(string path, JsonNode? body, CancellationToken cancel) => await Http.PostAsJsonAsync(path, body, cancel);

    /// <summary>The id of a new run; fails with the answer's text when it is refused.</summary>
    public async Task<Guid> CreateRunAsync(string name, JsonNode spec, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await PostAsync("runs", new JsonObject { ["name"] = name, ["spec"] = spec, ["preset"] = "quick-start" }, cancel);
        string text = await answer.Content.ReadAsStringAsync(cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!["id"]!.GetValue<Guid>();
    }

    public async Task<string> StateAsync(Guid run, CancellationToken cancel) => (await GetAsync($"runs/{run}", cancel))["state"]!.GetValue<string>();

    /// <summary>Waits for one of the states; fails at any other state in which nothing more would happen.</summary>
    public async Task<JsonNode> WaitForStateAsync(Guid run, TimeSpan limit, CancellationToken cancel, params string[] states)
    {
        string[] ends = ["completed", "stopped", "failed", "canceled", "interrupted", "paused"];
        return await WaitAsync(
            async () =>
            {
                JsonNode found = await GetAsync($"runs/{run}", cancel);
                string state = found["state"]!.GetValue<string>();
                Assert.True(states.Contains(state) || !ends.Contains(state), $"Run {run} became {state} instead of {string.Join(" or ", states)}: {found["reason"]}");
                return states.Contains(state) ? found : null;
            },
            limit, $"run {run} to become {string.Join(" or ", states)}", cancel);
    }

    /// <summary>Asks again until there is an answer.</summary>
    public static async Task<T> WaitAsync<T>(Func<Task<T?>> ask, TimeSpan limit, string what, CancellationToken cancel)
        where T : class
    {
        DateTime end = TimeProvider.System.GetUtcNow().UtcDateTime + limit;
        while (TimeProvider.System.GetUtcNow().UtcDateTime < end)
        {
            if (await ask() is { } answer)
                return answer;
            await Task.Delay(250, cancel);
        }

        throw new TimeoutException($"Waited {limit} in vain for {what}.");
    }
}
