using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Features.Settings;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Queue;

/// <summary>Slots, devices and health.</summary>
public static class QueueEndpoints
{
    public static void MapQueue(this RouteGroupBuilder api)
    {
        api.MapGet("/queue", async (RunQueries queries, LabOptions options, CancellationToken cancel) =>
        {
            var runs = await queries.ListAsync([RunState.Queued, RunState.Starting, RunState.Running, RunState.Pausing, RunState.Stopping], 1000, cancel);
            return new QueueAnswer(options.Slots, [.. runs.Where(r => r.State.IsActive())], [.. runs.Where(r => r.State == RunState.Queued).Reverse()]);
        }).WithTags("Queue").WithName("GetQueue");
        api.MapGet("/devices", async (DeviceProbe probe, CancellationToken cancel) => await probe.GetAsync(cancel)).WithTags("Queue").WithName("ListDevices");
        api.MapGet("/health", async (IDbContextFactory<LabDbContext> database, DiskReserve reserve, CancellationToken cancel) =>
        {
            await using LabDbContext db = await database.CreateDbContextAsync(cancel);
            bool ready = await db.Database.CanConnectAsync(cancel);
            return Results.Json(new HealthAnswer(!ready ? "database unreachable" : reserve.Shortage is null ? "ok" : "disk full", reserve.FreeBytes, typeof(QueueEndpoints).Assembly.GetName().Version?.ToString(3) ?? ""), statusCode: ready ? 200 : 503);
        }).WithTags("Queue").WithName("GetHealth").Produces<HealthAnswer>();
    }
}

public sealed record QueueAnswer(int Slots, IReadOnlyList<RunRow> Running, IReadOnlyList<RunRow> Waiting);

public sealed record HealthAnswer(string Status, long FreeBytes, string Version);
