using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>Whole runs as a zip.</summary>
public sealed class DownloadTests(LabServer server) : IClassFixture<LabServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_ComeAsOneZip_AFolderEach()
    {
        Guid[] runs = [await StoredRuns.AddAsync(server.Services, "same/name", RunState.Completed, s => s, step => step, steps: 3, Cancel), await StoredRuns.AddAsync(server.Services, "same/name", RunState.Completed, s => s, _ => 1, steps: 1, Cancel)];
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "weights", Cancel);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData("weights"u8));
        await server.Services.GetRequiredService<ArtifactStore>().ImportAsync(file, sha256, Cancel);
        await server.Services.GetRequiredService<LabWriter>().WriteAsync(
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
}
