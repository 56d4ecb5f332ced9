using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace LrcnLab.Web.Features.Runs;

/// <summary>Checkpoints of a run and their content: streamed, with ranges and ETag.</summary>
public static class CheckpointEndpoints
{
    public static void MapCheckpoints(this RouteGroupBuilder api)
    {
        api.MapGet("/runs/{id:guid}/checkpoints", ListAsync).WithTags("Checkpoints").WithName("ListCheckpoints").Produces<Page<CheckpointRow>>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/checkpoints/{id:guid}", GetAsync).WithTags("Checkpoints").WithName("GetCheckpoint").Produces<CheckpointRow>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/checkpoints/{id:guid}/name", async (Guid id, CheckpointName name, RetentionService retention, CancellationToken cancel) =>
                await retention.NameAsync(id, name.Name, cancel) is not { } refusal ? Results.NoContent() : refusal.StartsWith("There is no", StringComparison.Ordinal) ? Problems.NotFound(refusal) : Problems.Invalid("name", refusal))
            .WithTags("Checkpoints").WithName("NameCheckpoint").Produces(StatusCodes.Status204NoContent).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapMethods("/checkpoints/{id:guid}/content", ["GET", "HEAD"], ContentAsync).WithTags("Checkpoints").WithName("GetCheckpointContent")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").Produces(StatusCodes.Status206PartialContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(Guid id, RunQueries queries, CancellationToken cancel) =>
        await queries.GetAsync(id, cancel) is { } run ? Results.Ok(new Page<CheckpointRow>(run.Checkpoints, null)) : Problems.NotFound($"There is no run {id}.");

    private static async Task<IResult> GetAsync(Guid id, IDbContextFactory<LabDbContext> database, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Checkpoints.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) is { } c
            ? Results.Ok(CheckpointRow.Of(c, await db.Artifacts.Where(a => a.Sha256 == c.Sha256).Select(a => a.Problem).FirstOrDefaultAsync(cancel)))
            : NoCheckpoint(id);
    }

    private static async Task<IResult> ContentAsync(Guid id, IDbContextFactory<LabDbContext> database, ArtifactStore artifacts, CancellationToken cancel, string format = "safetensors")
    {
        if (format is not ("safetensors" or "archive"))
            return Problems.Invalid("format", $"\"{format}\" is not allowed: safetensors or archive.");
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var found = await (from c in db.Checkpoints.AsNoTracking()
                           where c.Id == id
                           join r in db.Runs on c.RunId equals r.Id
                           select new { Checkpoint = c, r.Name }).FirstOrDefaultAsync(cancel);
        if (found is null)
            return NoCheckpoint(id);
        Checkpoint checkpoint = found.Checkpoint;
        if (artifacts.OpenRead(checkpoint.Sha256) is not { } stream)
            return Problems.NotFound($"The file of checkpoint {id} is missing from the artifact store (SHA-256 {checkpoint.Sha256}).");

        bool weights = format == "safetensors";
        string name = $"{FileName(found.Name)}-{checkpoint.Kind}.{(weights ? "safetensors" : "zip")}";
        var tag = new EntityTagHeaderValue($"\"{(weights ? checkpoint.WeightsSha256 : checkpoint.Sha256)}\"");
        return Results.File(weights ? StoredEntryStream.First(stream, checkpoint.WeightsBytes) : stream, weights ? "application/octet-stream" : "application/zip", name, checkpoint.CreatedAt, tag, enableRangeProcessing: true);
    }

    private static string FileName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));

    private static IResult NoCheckpoint(Guid id) => Problems.NotFound($"There is no checkpoint {id}; a newer one may have replaced it.");
}

/// <param name="Name">By which it is kept whatever the retention rules say; empty to take it away.</param>
public sealed record CheckpointName(string? Name);
