using System.Text.Json.Nodes;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs.Life;

/// <summary>What is made of runs over HTTP: continued, forked, cloned, reproduced.</summary>
public static class LifeEndpoints
{
    private static readonly string[] ForkFields = ["name", "checkpoint", "spec", "priority"];

    public static void MapLife(this RouteGroupBuilder runs)
    {
        runs.MapPost("/{id:guid}/continue", ContinueAsync).WithName("ContinueRun").Produces(StatusCodes.Status202Accepted).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapPost("/{id:guid}/fork", ForkAsync).WithName("ForkRun").Accepts<ForkRequest>("application/json").Produces<CreatedRun>(StatusCodes.Status201Created).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapPost("/{id:guid}/draft", async (Guid id, RunService service, RunQueries queries, CancellationToken cancel) => await queries.GetAsync(id, cancel) is null ? NoRun(id) : Answer(await service.CloneAsync(id, cancel)))
            .WithName("CloneRun").Produces<CreatedRun>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapPost("/{id:guid}/reproduce", async (Guid id, RunService service, RunQueries queries, CancellationToken cancel) =>
                await queries.GetAsync(id, cancel) is not { } run ? NoRun(id)
                : run.State != RunState.Completed ? Problems.Conflict($"\"{run.Name}\" is {run.State.Word()}: only a run that is completed can be reproduced.")
                : Answer(await service.ReproduceAsync(id, LocalPerson.Name, cancel)))
            .WithName("ReproduceRun").Produces<CreatedRun>(StatusCodes.Status201Created).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapGet("/{id:guid}/reproduction", ReproductionAsync).WithName("GetReproduction").Produces<Reproduction>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ContinueAsync(Guid id, ContinueRequest request, RunService service, RunQueries queries, CancellationToken cancel)
    {
        if (await queries.GetAsync(id, cancel) is null)
            return NoRun(id);
        if (request.Epochs is not { } epochs)
            return Problems.Invalid("epochs", "The number of epochs after which the run is to end is needed, counted from its first.");
        return await service.ContinueAsync(id, epochs, LocalPerson.Name, cancel) is { } refusal ? Problems.Conflict(refusal) : Results.Accepted($"{LabUrls.Api}/runs/{id}");
    }

    private static async Task<IResult> ForkAsync(Guid id, HttpRequest request, RunService service, RunQueries queries, CancellationToken cancel)
    {
        if (await queries.GetAsync(id, cancel) is not { } parent)
            return NoRun(id);
        (JsonObject? root, IResult? refusal) = await JsonBody.ReadAsync(request, cancel);
        if (root is null)
            return refusal!;
        if (root.Select(f => f.Key).Except(ForkFields).FirstOrDefault() is { } unknown)
            return Problems.Invalid(unknown, $"There is no field \"{unknown}\"; known: {string.Join(", ", ForkFields)}.");
        string wanted = root["checkpoint"] is null ? "last" : root.Text("checkpoint") ?? "";
        if (parent.Checkpoints.FirstOrDefault(c => c.Kind == wanted || c.Id.ToString() == wanted) is not { } checkpoint)
            return Problems.Invalid("checkpoint", $"\"{parent.Name}\" has no checkpoint \"{wanted}\"; it has {(parent.Checkpoints.Count == 0 ? "none" : string.Join(", ", parent.Checkpoints.Select(c => c.Kind)))}.");
        SpecResult spec = SpecReader.Read(root["spec"] ?? new JsonObject(), parent.Spec);
        if (!spec.IsValid)
            return Problems.Invalid(spec.Problems);
        if (root["priority"] is { } given && (given is not JsonValue number || !number.TryGetValue(out int _)))
            return Problems.Invalid("priority", $"The priority is {given}: allowed are whole numbers from {QueuePlace.Lowest} to {QueuePlace.Highest}.");
        return Answer(await service.CreateAsync(
            new RunRequest(root.Text("name") ?? $"{parent.Name} fork", spec.Spec!)
            {
                Preset = parent.Preset,
                Project = parent.Project,
                Experiment = parent.Experiment,
                Priority = root["priority"]?.GetValue<int>() ?? QueuePlace.Normal,
                Fork = checkpoint.Id,
                Person = LocalPerson.Name,
            },
            cancel));
    }

    private static async Task<IResult> ReproductionAsync(Guid id, IDbContextFactory<LabDbContext> database, MetricStore metrics, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } run)
            return NoRun(id);
        return await RunRecords.CompareAsync(db, metrics, run, cancel) is { } outcome ? Results.Ok(outcome)
            : Problems.NotFound(run.Relation == RunRelation.Reproduction ? $"Run {id} is {run.State.Word()}: it says whether it gave the same when both runs are completed." : $"Run {id} is no reproduction.");
    }

    private static IResult Answer(CreateRunResult result) => result.Id is { } id ? Results.Created($"{LabUrls.Api}/runs/{id}", new CreatedRun(id)) : Problems.Invalid(result.Problems);

    private static IResult NoRun(Guid id) => Problems.NotFound($"There is no run {id}.");
}

/// <param name="Epochs">After which the run ends, counted from its first.</param>
public sealed record ContinueRequest(int? Epochs);

/// <param name="Name">Of the fork; without one the parent's with "fork".</param>
/// <param name="Checkpoint">Kind or id of a checkpoint of the run; without one the last.</param>
/// <param name="Spec">Fields that differ from the parent's.</param>
/// <param name="Priority">In the queue, from -10 to 10.</param>
public sealed record ForkRequest(string? Name, string? Checkpoint, JsonObject? Spec, int? Priority);
