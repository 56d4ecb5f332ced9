using LrcnLab.Core.Machines;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Queue;

/// <summary>Machines over HTTP: how busy they are and were in the last day.</summary>
public static class NodeEndpoints
{
    public static void MapNodes(this RouteGroupBuilder api)
    {
        RouteGroupBuilder nodes = api.MapGroup("/nodes").WithTags("Queue");
        nodes.MapGet("", ListAsync).WithName("ListNodes");
        nodes.MapGet("/{name}/usage", UsageAsync).WithName("GetNodeUsage").Produces<NodeUsageAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        nodes.MapGet("/{name}/metrics", MetricsAsync).WithName("GetNodeMetrics").Produces<Page<SeriesAnswer>>().Produces(StatusCodes.Status200OK, contentType: MetricEndpoints.Binary)
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Page<NodeAnswer>> ListAsync(QueueQueries queue, NodeQueries queries, CancellationToken cancel)
    {
        var usage = await queries.LatestAsync(cancel);
        return new Page<NodeAnswer>([.. (await queue.NodesAsync(cancel)).Select(n => new NodeAnswer(n.Name, n.IsAlive, n.Slots, usage.GetValueOrDefault(n.Name)))], null);
    }

    private static async Task<IResult> UsageAsync(string name, NodeQueries queries, CancellationToken cancel) =>
        await queries.LastDayAsync(name, cancel) is { } totals
            ? Results.Ok(new NodeUsageAnswer((await queries.LatestAsync(cancel)).GetValueOrDefault(name), totals))
            : NoNode(name);

    private static async Task<IResult> MetricsAsync(string name, string key, HttpRequest request, NodeQueries queries, CancellationToken cancel, int points = 1000)
    {
        if (MetricEndpoints.PointsRefusal(points) is { } refusal)
            return refusal;
        if (MachineSeries.Find(key) is null)
            return Problems.Invalid("key", $"There is no measure \"{key}\" of a machine; known: cpu_cores, memory_bytes, disk_free_bytes, slots_busy, and gpu0_percent, gpu0_memory_bytes, gpu0_celsius, gpu0_watts for each GPU.");
        if (await queries.SeriesAsync(name, key, points, cancel) is not { } series)
            return NoNode(name);
        return MetricEndpoints.WantsBinary(request) ? Results.Bytes(MetricEndpoints.Columns(series), MetricEndpoints.Binary) : Results.Ok(new Page<SeriesAnswer>([SeriesAnswer.Of(series)], null));
    }

    private static IResult NoNode(string name) => Problems.NotFound($"There is no machine \"{name}\".");
}

/// <param name="IsAlive">Its server was heard of lately.</param>
/// <param name="Usage">The latest of the last day; null when it was not measured.</param>
public sealed record NodeAnswer(string Name, bool IsAlive, IReadOnlyList<SlotView> Slots, UsageView? Usage);

/// <param name="Latest">Null when it was not measured.</param>
/// <param name="LastDay">Of the last 24 hours, as far as it was measured.</param>
public sealed record NodeUsageAnswer(UsageView? Latest, MachineTotals LastDay);
