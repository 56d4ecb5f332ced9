using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.Core.Runs;
using LrcnLab.Storage.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>Points that are sent over HTTP.</summary>
public sealed class IngestTests(LabServer server) : IClassFixture<LabServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Points_AreTakenOverHttp_OnceHoweverOftenTheyAreSent()
    {
        Guid run = await StoredRuns.AddAsync(server.Services, "sent to", RunState.Completed, s => s, _ => 1, steps: 1, Cancel);
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
        Guid run = await StoredRuns.AddAsync(server.Services, "sent wrongly to", RunState.Completed, s => s, _ => 1, steps: 1, Cancel);
        using HttpResponseMessage answer = await server.CreateClient().PostAsync($"/api/v1/runs/{run}/metrics", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["errors"]![field]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
