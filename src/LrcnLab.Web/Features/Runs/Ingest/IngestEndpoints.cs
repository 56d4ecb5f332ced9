using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs.Ingest;

/// <summary>
/// Points over HTTP, from a program beside the worker or for a run that was trained elsewhere, as JSON or as a TensorBoard event file (<c>format=tensorboard</c>).
/// The answer comes when they are on disk; sending them again does no harm.
/// </summary>
public static class IngestEndpoints
{
    private const int PointsOfAWrite = 50_000;

    public static void MapIngest(this RouteGroupBuilder api) =>
        api.MapPost("/runs/{id:guid}/metrics", PostAsync).WithTags("Runs").WithName("AddMetrics").Accepts<MetricUpload>("application/json", "application/octet-stream").Produces<StoredPoints>()
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> PostAsync(Guid id, HttpRequest request, MetricStore metrics, RunFeed feed, IDbContextFactory<LabDbContext> contexts, TimeProvider clock, CancellationToken cancel, string format = "json")
    {
        if (format is not ("json" or "tensorboard"))
            return Problems.Invalid("format", $"\"{format}\" is not allowed: json or tensorboard.");
        int stepsPerEpoch;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancel))
        {
            if (await db.Runs.Where(r => r.Id == id).Select(r => new { r.StepsPerEpoch, Binned = r.BinnedAt != null }).SingleOrDefaultAsync(cancel) is not { } run)
                return Problems.NotFound($"There is no run {id}.");
            if (run.Binned)
                return Problems.Conflict($"The run {id} is in the bin: restore it first.");
            stepsPerEpoch = run.StepsPerEpoch;
        }

        (long points, IResult? refusal) = format == "json" ? await JsonAsync(id, request, metrics, stepsPerEpoch, clock, cancel) : await TensorBoardAsync(id, request, metrics, stepsPerEpoch, cancel);
        if (points > 0)
            feed.Publish(id, RunParts.Metrics);
        return refusal ?? Results.Ok(new StoredPoints(points, string.Create(CultureInfo.InvariantCulture, $"{points:N0} points are stored.")));
    }

    private static async Task<(long Points, IResult? Refusal)> JsonAsync(Guid id, HttpRequest request, MetricStore metrics, int stepsPerEpoch, TimeProvider clock, CancellationToken cancel)
    {
        MetricUpload? upload;
        try
        {
            upload = await JsonSerializer.DeserializeAsync<MetricUpload>(request.Body, LabJson.Options, cancel);
        }
        catch (JsonException e)
        {
            return (0, Problems.Invalid("body", $"This is no list of series: {(e.Path is null ? "not valid JSON" : e.Path)}, line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}."));
        }

        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (0, Problems.Invalid("body", "The request is too large: send fewer points at once."));
        }

        if (upload?.Series is not { Count: > 0 } series)
            return (0, Problems.Invalid("series", "At least one series is needed."));
        SpecProblem[] problems = [.. series.Select((s, i) => s is null ? new SpecProblem($"series[{i}]", "A series is missing.") : s.Problem($"series[{i}]")).OfType<SpecProblem>().Take(20)];
        if (problems.Length > 0)
            return (0, Problems.Invalid(problems));
        long points = 0;
        DateTime now = clock.GetUtcNow().UtcDateTime;
        foreach (MetricSample[] part in series.SelectMany(s => s.Samples(stepsPerEpoch, now)).Chunk(PointsOfAWrite))
        {
            await metrics.WriteAsync(id, part, cancel);
            points += part.Length;
        }

        return (points, null);
    }

    private static async Task<(long Points, IResult? Refusal)> TensorBoardAsync(Guid id, HttpRequest request, MetricStore metrics, int stepsPerEpoch, CancellationToken cancel)
    {
        // Read as a stream, so that its size does not matter.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        (long points, var waiting) = (0, new List<MetricSample>());
        try
        {
            await foreach (MetricSample sample in TensorBoardReader.ReadAsync(request.Body, cancel))
            {
                waiting.Add(sample with { Point = sample.Point with { Epoch = stepsPerEpoch > 0 ? sample.Point.Step / (double)stepsPerEpoch : 0 } });
                if (waiting.Count == PointsOfAWrite)
                    await WriteAsync();
            }

            await WriteAsync();
            return points > 0 ? (points, null) : (0, Problems.Invalid("body", "The event file has no scalars."));
        }
        catch (InvalidDataException e)
        {
            return (points, Problems.Invalid("body", points == 0 ? e.Message : string.Create(CultureInfo.InvariantCulture, $"{e.Message} {points:N0} points before it are stored.")));
        }

        async Task WriteAsync()
        {
            await metrics.WriteAsync(id, [.. waiting], cancel);
            points += waiting.Count;
            waiting.Clear();
        }
    }
}
