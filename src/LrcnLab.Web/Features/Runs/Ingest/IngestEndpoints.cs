using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs.Ingest;

/// <summary>
/// Points over HTTP, from a program beside the worker or for a run that was trained elsewhere. The answer comes when they are on disk; sending them again does no harm.
/// </summary>
public static class IngestEndpoints
{
    private const int PointsOfAWrite = 50_000;

    public static void MapIngest(this RouteGroupBuilder api) =>
        api.MapPost("/runs/{id:guid}/metrics", PostAsync).WithTags("Runs").WithName("AddMetrics").Accepts<MetricUpload>("application/json").Produces<StoredPoints>()
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> PostAsync(Guid id, HttpRequest request, MetricStore metrics, RunFeed feed, IDbContextFactory<LabDbContext> contexts, TimeProvider clock, CancellationToken cancel)
    {
        MetricUpload? upload;
        try
        {
            upload = await JsonSerializer.DeserializeAsync<MetricUpload>(request.Body, LabJson.Options, cancel);
        }
        catch (JsonException e)
        {
            return Problems.Invalid("body", $"This is no list of series: {(e.Path is null ? "not valid JSON" : e.Path)}, line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}.");
        }

        if (upload?.Series is not { Count: > 0 } series)
            return Problems.Invalid("series", "At least one series is needed.");
        SpecProblem[] problems = [.. series.Select((s, i) => s is null ? new SpecProblem($"series[{i}]", "A series is missing.") : s.Problem($"series[{i}]")).OfType<SpecProblem>().Take(20)];
        if (problems.Length > 0)
            return Problems.Invalid(problems);
        int stepsPerEpoch;
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancel))
        {
            if (await db.Runs.Where(r => r.Id == id).Select(r => new { r.StepsPerEpoch, Binned = r.BinnedAt != null }).SingleOrDefaultAsync(cancel) is not { } run)
                return Problems.NotFound($"There is no run {id}.");
            if (run.Binned)
                return Problems.Conflict($"The run {id} is in the bin: restore it first.");
            stepsPerEpoch = run.StepsPerEpoch;
        }

        long points = 0;
        DateTime now = clock.GetUtcNow().UtcDateTime;
        foreach (MetricSample[] part in series.SelectMany(s => s.Samples(stepsPerEpoch, now)).Chunk(PointsOfAWrite))
        {
            await metrics.WriteAsync(id, part, cancel);
            points += part.Length;
        }

        feed.Publish(id, RunParts.Metrics);
        return Results.Ok(new StoredPoints(points));
    }
}
