using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LrcnLab.Core;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs.Export;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs.Download;

/// <summary>All that there is of runs as files, a folder a run: specification, results, metrics, checkpoints, predictions, log.</summary>
public sealed class RunFiles(IDbContextFactory<LabDbContext> contexts, RunQueries queries, MetricStore metrics, ArtifactStore artifacts, LabPaths paths)
{
    public async IAsyncEnumerable<ZipPart> PartsAsync(IReadOnlyList<Guid> runs, bool checkpointsOnly, [EnumeratorCancellation] CancellationToken cancel)
    {
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Guid id in runs)
        {
            // One that is removed meanwhile is left out.
            if (await queries.GetAsync(id, cancel) is not { } run)
                continue;
            string folder = ZipDownload.Safe(run.Name);
            for (int n = 2; !used.Add(folder); n++)
                folder = $"{ZipDownload.Safe(run.Name)}-{n}";
            if (!checkpointsOnly)
            {
                yield return Text($"{folder}/spec.json", SpecText.ToJson(run.Spec));
                yield return Text($"{folder}/run.json", RunJson(run));
                yield return new ZipPart($"{folder}/metrics.csv", true, (to, _) => WriteMetricsAsync(run, to, cancel));
                await foreach (ZipPart part in ResultsAsync(id, folder, cancel))
                    yield return part;
            }

            foreach (CheckpointRow checkpoint in run.Checkpoints)
            {
                if (Copy($"{folder}/checkpoints/{ZipDownload.Safe(checkpoint.Kind)}.zip", checkpoint.Sha256, compress: false) is { } part)
                    yield return part;
            }
        }
    }

    private async IAsyncEnumerable<ZipPart> ResultsAsync(Guid id, string folder, [EnumeratorCancellation] CancellationToken cancel)
    {
        List<ConfusionMatrix> matrices;
        List<PredictionFile> predictions;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancel))
        {
            matrices = await db.ConfusionMatrices.AsNoTracking().Where(m => m.RunId == id).OrderBy(m => m.Split).ThenBy(m => m.Epoch).ToListAsync(cancel);
            predictions = await db.PredictionFiles.AsNoTracking().Where(p => p.RunId == id).ToListAsync(cancel);
        }

        if (matrices.Count > 0)
            yield return Text($"{folder}/confusion-matrices.json", JsonSerializer.Serialize(matrices.Select(m => new { m.Split, m.Epoch, m.Counts }), LabJson.Options));
        foreach (PredictionFile file in predictions)
        {
            if (Copy($"{folder}/predictions/{file.Split}-epoch-{file.Epoch}.jsonl", file.Sha256, compress: true) is { } part)
                yield return part;
        }

        foreach (string log in Directory.Exists(paths.RunFolder(id)) ? Directory.GetFiles(paths.RunFolder(id), "*.jsonl") : [])
            yield return new ZipPart($"{folder}/{Path.GetFileName(log)}", true, (to, _) => CopyAsync(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.Asynchronous), to, cancel));
    }

    private async Task WriteMetricsAsync(RunDetail run, Stream to, CancellationToken cancel)
    {
        await using var csv = new CsvSeriesWriter(to);
        foreach (string key in run.Metrics.Keys.Order(StringComparer.Ordinal))
        {
            await foreach (MetricSeriesData part in metrics.ReadAllAsync(run.Id, key, cancel))
                await csv.WriteAsync(new ExportedSeries(run.Id, run.Name, key), part, cancel);
        }
    }

    private static string RunJson(RunDetail run) => new JsonObject
    {
        ["id"] = run.Id,
        ["name"] = run.Name,
        ["state"] = JsonSerializer.SerializeToNode(run.State, LabJson.Options),
        ["reason"] = run.Reason,
        ["preset"] = run.Preset,
        ["project"] = run.Project,
        ["experiment"] = run.Experiment,
        ["sweep"] = run.Sweep,
        ["dataset"] = new JsonObject { ["name"] = run.DatasetName, ["version"] = run.DatasetVersion, ["hash"] = run.DatasetHash },
        ["classes"] = JsonSerializer.SerializeToNode(run.Classes, LabJson.Options),
        ["device"] = run.Device,
        ["versions"] = JsonSerializer.SerializeToNode(run.Versions, LabJson.Options),
        ["createdAt"] = run.CreatedAt,
        ["startedAt"] = run.StartedAt,
        ["endedAt"] = run.EndedAt,
        ["metrics"] = JsonSerializer.SerializeToNode(run.Metrics, LabJson.Options),
        ["history"] = JsonSerializer.SerializeToNode(run.History, LabJson.Options),
    }.ToJsonString(LabJson.Indented);

    private static ZipPart Text(string name, string text) => new(name, true, (to, cancel) => to.WriteAsync(Encoding.UTF8.GetBytes(text), cancel).AsTask());

    /// <summary>Opened when its turn comes; null when the file is gone.</summary>
    private ZipPart? Copy(string name, string sha256, bool compress) =>
        artifacts.Find(sha256) is null ? null : new ZipPart(name, compress, (to, cancel) => artifacts.OpenRead(sha256) is { } from ? CopyAsync(from, to, cancel) : Task.CompletedTask);

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancel)
    {
        await using (from)
            await from.CopyToAsync(to, 1 << 18, cancel);
    }
}
