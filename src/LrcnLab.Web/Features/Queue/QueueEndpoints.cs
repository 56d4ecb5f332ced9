using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Queue;

/// <summary>Queue, slots, devices and health.</summary>
public static class QueueEndpoints
{
    public static void MapQueue(this RouteGroupBuilder api)
    {
        RouteGroupBuilder queue = api.MapGroup("/queue").WithTags("Queue");
        queue.MapGet("", async (QueueQueries queries, CancellationToken cancel) => QueueAnswer.Of(await queries.ReadAsync(1000, cancel))).WithName("GetQueue");
        queue.MapPost("/hold", async (HoldRequest request, QueueService service, CancellationToken cancel) => Accepted(await service.HoldAsync(request.Node, request.Slot, cancel)))
            .WithName("HoldQueue").Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        queue.MapPost("/release", async (HoldRequest request, QueueService service, CancellationToken cancel) => Accepted(await service.ReleaseAsync(request.Node, request.Slot, cancel)))
            .WithName("ReleaseQueue").Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/runs/{id:guid}/priority", async (Guid id, PriorityRequest request, RunQueries queries, QueueService service, CancellationToken cancel) =>
                (await queries.FindAsync([id], cancel)).Count == 0 ? Problems.NotFound($"There is no run {id}.")
                : request.Priority is not { } priority ? Problems.Invalid("priority", "A priority is needed.")
                : QueuePlace.Refusal(priority) is { } wrong ? Problems.Invalid("priority", wrong)
                : Accepted(await service.SetPriorityAsync(id, priority, cancel)))
            .WithTags("Queue").WithName("SetPriority").Produces(StatusCodes.Status202Accepted).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/runs/{id:guid}/move", async (Guid id, MoveRequest request, RunQueries queries, QueueService service, CancellationToken cancel) =>
                (await queries.FindAsync([id], cancel)).Count == 0 ? Problems.NotFound($"There is no run {id}.") : Accepted(await service.MoveBeforeAsync(id, request.Before, cancel)))
            .WithTags("Queue").WithName("MoveInQueue").Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("/devices", async (Machine machine, CancellationToken cancel) => await machine.DevicesAsync(cancel)).WithTags("Queue").WithName("ListDevices");
        api.MapGet("/health", async (IDbContextFactory<LabDbContext> database, DiskReserve reserve, CancellationToken cancel) =>
        {
            await using LabDbContext db = await database.CreateDbContextAsync(cancel);
            bool ready = await db.Database.CanConnectAsync(cancel);
            return Results.Json(new HealthAnswer(!ready ? "database unreachable" : reserve.Shortage is null ? "ok" : "disk full", reserve.FreeBytes, typeof(QueueEndpoints).Assembly.GetName().Version?.ToString(3) ?? ""), statusCode: ready ? 200 : 503);
        }).WithTags("Queue").WithName("GetHealth").Produces<HealthAnswer>();
    }

    private static IResult Accepted(string? refusal) => refusal is null ? Results.Accepted($"{LabUrls.Api}/queue") : Problems.Conflict(refusal);
}

/// <param name="Slots">Of all machines.</param>
/// <param name="Nodes">Machines and their slots, the one that answers first.</param>
/// <param name="Running">Runs that hold a slot.</param>
/// <param name="Waiting">The next one first.</param>
/// <param name="Holds">What keeps new runs away.</param>
/// <param name="Expected">Seconds until waiting runs start and end, by run, where that can be told.</param>
/// <param name="WaitsFor">In words, by run.</param>
public sealed record QueueAnswer(
    int Slots, IReadOnlyList<NodeView> Nodes, IReadOnlyList<RunRow> Running, IReadOnlyList<RunRow> Waiting, IReadOnlyList<HoldAnswer> Holds,
    IReadOnlyDictionary<Guid, ExpectedTimes> Expected, IReadOnlyDictionary<Guid, string> WaitsFor)
{
    public static QueueAnswer Of(QueueView view) => new(
        view.Nodes.Sum(n => n.Slots.Count), view.Nodes, view.Running, [.. view.Waiting.Select(w => w.Run)], view.Holds,
        view.Waiting.Where(w => w.Expected is not null).ToDictionary(w => w.Run.Id, w => w.Expected!.Value),
        view.Waiting.Where(w => w.WaitsFor is not null).ToDictionary(w => w.Run.Id, w => w.WaitsFor!));
}

/// <param name="Node">A machine; null for all.</param>
/// <param name="Slot">From 0; null for all of the machine.</param>
/// <param name="Since">When it began.</param>
public sealed record HoldAnswer(string? Node, int? Slot, DateTime Since);

/// <param name="Node">A machine; null for all.</param>
/// <param name="Slot">From 0; null for all of the machine.</param>
public sealed record HoldRequest(string? Node, int? Slot);

public sealed record PriorityRequest(int? Priority);

/// <param name="Before">A run that waits; null for the end of the queue.</param>
public sealed record MoveRequest(Guid? Before);

public sealed record HealthAnswer(string Status, long FreeBytes, string Version);
