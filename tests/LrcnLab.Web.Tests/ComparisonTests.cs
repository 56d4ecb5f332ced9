using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Statistics;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Features.Compare;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>On a real SQLite file.</summary>
public sealed class ComparisonTests(LabServer server) : ComparisonTestsOn<LabServer>(server);

/// <summary>On a real PostgreSQL.</summary>
public sealed class ComparisonPostgresTests : ComparisonTestsOn<PostgresServer>
{
    public ComparisonPostgresTests(PostgresServer server) : base(server) => PostgresServer.SkipWithout();
}

/// <summary>Means of curves, and the judgement of stored answers, whichever database keeps them.</summary>
public abstract class ComparisonTestsOn<TServer>(TServer server) : IClassFixture<TServer> where TServer : LabServer
{
    // Not before a test that is to be skipped was skipped.
    private HttpClient Client => field ??= server.CreateClient();

    private PairQueries Pairs => server.Services.GetRequiredService<PairQueries>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mean_IsOfEveryPoint_WithItsBand()
    {
        Guid first = await AddAsync(step => step), second = await AddAsync(step => step + 2);

        JsonNode mean = JsonNode.Parse(await Client.GetStringAsync($"/api/v1/metrics/mean?key=train/loss&run={first}&run={second}&band=range&axis=step", Cancel))!;
        Assert.Equal((40, 20), ((int)mean["total"]!, mean["x"]!.AsArray().Count));
        Assert.Equal((5, 6.0, 5.0, 7.0, 2), ((int)mean["x"]![4]!, (double)mean["mean"]![4]!, (double)mean["low"]![4]!, (double)mean["high"]![4]!, (int)mean["counts"]![4]!));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/metrics/mean?key=train/loss&run={first}&run={second}&axis=epoch&points=5&from=0.5&to=1.5");
        request.Headers.Add("Accept", "application/vnd.lrcnlab.series");
        using HttpResponseMessage answer = await Client.SendAsync(request, Cancel);
        double[] columns = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(await answer.Content.ReadAsByteArrayAsync(Cancel))];
        Assert.Equal((5, 22, 2 + 6 * 5), (columns[0], columns[1], columns.Length));
        Assert.InRange(columns[2], 0.5, 1.5);
    }

    [Fact]
    public async Task OneMetric_OfSeveralRuns_ComesInTheirOrder_EachWithItsPart()
    {
        Guid first = await AddAsync(step => step), second = await AddAsync(step => step + 2), none = Guid.CreateVersion7();

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/metrics?key=train/loss&run={second}&run={none}&run={first}&from=3&from=1&from=19&to=4&to=9&to=99");
        request.Headers.Add("Accept", "application/vnd.lrcnlab.series");
        using HttpResponseMessage answer = await Client.SendAsync(request, Cancel);
        double[] all = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(await answer.Content.ReadAsByteArrayAsync(Cancel))];
        Assert.Equal((2, 3, 4), (all[0], all[2], all[3]));
        int next = 2 + 4 * (int)all[0];
        Assert.Equal(0, all[next]);
        next += 2;
        Assert.Equal(all[next + 2], all[next + 2 + 3 * (int)all[next]]);
        Assert.Equal(next + 2 + 4 * (int)all[next], all.Length);

        JsonNode json = JsonNode.Parse(await Client.GetStringAsync($"/api/v1/metrics?key=train/loss&run={first}&run={second}&points=4", Cancel))!;
        Assert.Equal((first, second), ((Guid)json["items"]![0]!["run"]!, (Guid)json["items"]![1]!["run"]!));
        Assert.Equal(20, (int)json["items"]![1]!["series"]!["totalCount"]!);
    }

    [Theory]
    [InlineData("metrics?key=train/loss", "run")]
    [InlineData("metrics?key=train/loss&run=../x", "run")]
    [InlineData("metrics?run=01a21cb6-0f05-7dc5-8e17-37f8383696e7", "key")]
    [InlineData("metrics?key=a&run=01a21cb6-0f05-7dc5-8e17-37f8383696e7&from=1&from=2", "from")]
    [InlineData("metrics?key=a&run=01a21cb6-0f05-7dc5-8e17-37f8383696e7&to=soon", "to")]
    [InlineData("metrics/mean?key=train/loss", "run")]
    [InlineData("metrics/mean?key=train/loss&run=../x", "run")]
    [InlineData("metrics/mean?run=01a21cb6-0f05-7dc5-8e17-37f8383696e7", "key")]
    [InlineData("metrics/mean?key=a&run=01a21cb6-0f05-7dc5-8e17-37f8383696e7&axis=wall", "axis")]
    [InlineData("metrics/mean?key=a&run=01a21cb6-0f05-7dc5-8e17-37f8383696e7&band=7", "band")]
    public async Task WrongQuestion_IsRefusedByItsField(string question, string field)
    {
        using HttpResponseMessage answer = await Client.GetAsync($"/api/v1/{question}", Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull(JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["errors"]![field]);
    }

    [Fact]
    public async Task StoredAnswers_AreJudgedSampleBySample()
    {
        Guid good = await AddAsync(_ => 1), other = await AddAsync(_ => 1), bad = await AddAsync(_ => 1), silent = await AddAsync(_ => 1);
        // Of 100 samples the good one is right on 90, the other one on 90 others, the bad one on none of the first 50.
        await AnswerAsync(good, sample => sample >= 10);
        await AnswerAsync(other, sample => sample < 90);
        await AnswerAsync(bad, sample => sample >= 50);

        PairVerdict tie = PairQueries.Judge(await ReadAsync(good), await ReadAsync(other))!, clear = PairQueries.Judge(await ReadAsync(good), await ReadAsync(bad))!;
        Assert.Equal((100, true, 10, 10), (tie.Samples, tie.IsTie, tie.McNemar!.OnlyFirst, tie.McNemar.OnlySecond));
        Assert.Equal((false, 40, 0), (clear.IsTie, clear.McNemar!.OnlyFirst, clear.McNemar.OnlySecond));
        Assert.Equal(0.4, clear.Bootstrap.Difference, 12);
        Assert.Null(PairQueries.Judge(await ReadAsync(good), await ReadAsync(silent)));

        PairVerdict groups = PairQueries.Judge(await Pairs.ReadAsync([good, other], "test", Cancel), await ReadAsync(bad))!;
        Assert.Null(groups.McNemar);
        Assert.False(groups.IsTie);
        PairSide both = await Pairs.ReadAsync([good, other], "test", Cancel);
        Assert.Equal((180, 200), (both.Counts!.Select((row, i) => row[i]).Sum(), both.Counts!.Sum(row => row.Sum())));
        Assert.Equal([("a", 50, 0.8, 0.0), ("b", 50, 1.0, 1.0)], ClassDifference.Of(await ReadAsync(good), await ReadAsync(bad)).Select(c => (c.Class, c.Samples, c.First!.Value, c.Second!.Value)));
    }

    [Fact]
    public async Task WhatLooksLikeAFormula_IsNoneInASpreadsheet()
    {
        Guid run = await StoredRuns.AddAsync(server.Services, "=cmd|' /C calc'!A0", RunState.Completed, s => s, _ => -1.5, 1, Cancel);
        server.Services.GetRequiredService<RunFeed>().Publish(run, RunParts.State);
        using HttpResponseMessage tagged = await Client.PatchAsJsonAsync($"/api/v1/runs/{run}", new { tags = new[] { "@SUM(A1)" } }, Cancel);

        string table = await Client.GetStringAsync($"/api/v1/runs/export?query=id%20%3D%20{run}&column=name&column=tag&column=last(train/loss)", Cancel);
        Assert.Contains($"{run},'=cmd|' /C calc'!A0,'@SUM(A1),-1.5", table, StringComparison.Ordinal);
        Assert.Contains(",'=cmd", await Client.GetStringAsync($"/api/v1/runs/{run}/metrics/export?format=csv", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fusion_OfTwoRuns_WeighsTheirAnswers()
    {
        Guid first = await AddAsync(_ => 1), second = await AddAsync(_ => 1), silent = await AddAsync(_ => 1);
        await AnswerAsync(first, sample => sample % 4 != 0);
        await AnswerAsync(second, sample => sample % 4 != 1);

        JsonNode answer = JsonNode.Parse(await Client.GetStringAsync($"/api/v1/fusion?first={first}&second={second}&weight=0.6", Cancel))!;
        Assert.Equal((100, 0.75, 0.75, 0.75, 0.6), ((int)answer["samples"]!, (double)answer["first"]!["accuracy"]!, (double)answer["second"]!["accuracy"]!, (double)answer["fused"]!["accuracy"]!, (double)answer["fused"]!["weight"]!));
        Assert.Equal(0, (double)answer["gain"]!);

        Assert.Equal(HttpStatusCode.BadRequest, (await Client.GetAsync($"/api/v1/fusion?first={first}&second={second}&weight=2", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Client.GetAsync($"/api/v1/fusion?first={first}&second={second}&split=train", Cancel)).StatusCode);
        using HttpResponseMessage none = await Client.GetAsync($"/api/v1/fusion?first={first}&second={silent}", Cancel);
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
        Assert.Contains("second run has kept no answers", await none.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await Client.GetAsync($"/api/v1/fusion?first={first}&second={Guid.CreateVersion7()}", Cancel)).StatusCode);
    }

    private Task<PairSide> ReadAsync(Guid run) => Pairs.ReadAsync([run], "test", Cancel);

    private Task<Guid> AddAsync(Func<int, double> loss) => StoredRuns.AddAsync(server.Services, "compared", RunState.Completed, s => s, loss, 20, Cancel);

    /// <summary>Keeps answers to 100 samples, of which every second is of class 1, and their matrix.</summary>
    private async Task AnswerAsync(Guid run, Func<int, bool> right)
    {
        var counts = new[] { new int[2], new int[2] };
        string file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 100).Select(sample =>
        {
            // The first fifty are of class 0, so that classes differ.
            int label = sample < 50 ? 0 : 1, said = right(sample) ? label : 1 - label;
            counts[label][said]++;
            return JsonSerializer.Serialize(new Prediction(sample, label, said == 0 ? [0.9f, 0.1f] : [0.1f, 0.9f]), LabJson.Options);
        }), Cancel);
        ArtifactStore artifacts = server.Services.GetRequiredService<ArtifactStore>();
        using IncomingArtifact artifact = await artifacts.TakeAsync(file, Cancel);
        await server.Services.GetRequiredService<LabWriter>().WriteAsync(
            async db =>
            {
                await artifacts.AddAsync(db, artifact, Cancel);
                db.PredictionFiles.Add(new PredictionFile { RunId = run, Split = "test", Epoch = 2, Sha256 = artifact.Sha256, Bytes = artifact.Bytes });
                db.ConfusionMatrices.Add(new ConfusionMatrix { RunId = run, Split = "test", Epoch = 2, Counts = counts });
                (await db.Runs.FindAsync([run], Cancel))!.Classes = ["a", "b"];
            },
            Cancel);
    }
}
