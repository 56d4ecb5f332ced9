using System.Runtime.InteropServices;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs;

/// <summary>Series of a run, thinned to what the eye can use, as JSON or as binary columns.</summary>
public static class MetricEndpoints
{
    /// <summary>Little-endian float64: count, total count, then the columns step, epoch, time (ms since 1970, UTC), value and, where <c>x</c> names another metric, its latest value by then.</summary>
    public const string Binary = "application/vnd.lrcnlab.series";

    private const int MostPoints = 2_000_000, MostRuns = 100;

    internal static readonly string RunsNeeded = $"Ids of 1 to {MostRuns} runs are needed.";

    public static void MapMetrics(this RouteGroupBuilder api)
    {
        api.MapGet("/runs/{id:guid}/metrics", GetAsync).WithTags("Runs").WithName("GetMetrics").Produces<Page<SeriesAnswer>>().Produces(StatusCodes.Status200OK, contentType: Binary).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/metrics", GetOfRunsAsync).WithTags("Runs").WithName("GetMetricOfRuns").Produces<Page<RunSeriesAnswer>>().Produces(StatusCodes.Status200OK, contentType: Binary).ProducesValidationProblem();
    }

    private static async Task<IResult> GetAsync(Guid id, HttpRequest request, MetricStore metrics, RunQueries queries, CancellationToken cancel, int points = 1000, long? from = null, long? to = null, string? x = null)
    {
        if (PointsRefusal(points) is { } refusal)
            return refusal;
        string[] keys = [.. request.Query["key"].OfType<string>()];
        bool binary = WantsBinary(request);
        if (binary && keys.Length != 1)
            return Problems.Invalid("key", "Binary columns hold one series: give exactly one key.");
        if (keys.Length == 0)
        {
            if (await queries.GetAsync(id, cancel) is null)
                return Problems.NotFound($"There is no run {id}.");
            keys = [.. (await metrics.ListAsync(id, cancel)).Select(s => s.Key)];
        }

        var found = new List<SeriesAnswer>();
        foreach (string key in keys)
        {
            MetricSeriesData? series = await metrics.ReadAsync(id, key, points, from, to, x, cancel);
            if (series is null && await queries.GetAsync(id, cancel) is null)
                return Problems.NotFound($"There is no run {id}.");
            // A run that has not measured this yet: no points, rather than an error that every new run's charts would meet.
            series ??= new MetricSeriesData(key, 0, [], [], [], [], x is null ? null : []);
            if (binary)
                return Results.Bytes(Columns(series), Binary);
            found.Add(SeriesAnswer.Of(series));
        }

        return Results.Ok(new Page<SeriesAnswer>(found, null));
    }

    /// <summary>One metric of several runs, in their order: as binary the columns of one after those of the other. <c>from</c> and <c>to</c> stand once for all, or once for each run.</summary>
    private static async Task<IResult> GetOfRunsAsync(HttpRequest request, MetricStore metrics, CancellationToken cancel, string? key = null, int points = 1000, string? x = null)
    {
        if (PointsRefusal(points) is { } refusal)
            return refusal;
        if (string.IsNullOrEmpty(key))
            return Problems.Invalid("key", "The key of a metric is needed, such as validation/loss.");
        if (!TryReadRuns(request, out Guid[] runs))
            return Problems.Invalid("run", RunsNeeded);
        if (!TryReadSteps(request, "from", runs.Length, out long?[] from))
            return Problems.Invalid("from", "Whole numbers are needed: one for all runs, or one for each.");
        if (!TryReadSteps(request, "to", runs.Length, out long?[] to))
            return Problems.Invalid("to", "Whole numbers are needed: one for all runs, or one for each.");

        var found = new List<MetricSeriesData>();
        for (int i = 0; i < runs.Length; i++)
            found.Add(await metrics.ReadAsync(runs[i], key, points, from[i], to[i], x, cancel) ?? new MetricSeriesData(key, 0, [], [], [], [], x is null ? null : []));
        return WantsBinary(request)
            ? Results.Bytes(Joined(found), Binary)
            : Results.Ok(new Page<RunSeriesAnswer>([.. found.Select((s, i) => new RunSeriesAnswer(runs[i], SeriesAnswer.Of(s)))], null));
    }

    private static byte[] Joined(IEnumerable<MetricSeriesData> series)
    {
        using var all = new MemoryStream();
        foreach (MetricSeriesData one in series)
            all.Write(Columns(one));
        return all.ToArray();
    }

    /// <summary>Ids of one run or several, in their order.</summary>
    internal static bool TryReadRuns(HttpRequest request, out Guid[] runs)
    {
        string[] texts = [.. request.Query["run"].OfType<string>()];
        runs = [.. texts.Where(t => Guid.TryParse(t, out _)).Select(Guid.Parse)];
        return texts.Length is > 0 and <= MostRuns && runs.Length == texts.Length;
    }

    private static bool TryReadSteps(HttpRequest request, string name, int runs, out long?[] steps)
    {
        string[] texts = [.. request.Query[name].OfType<string>()];
        steps = new long?[runs];
        if (texts.Length == 0)
            return true;
        if (texts.Length != 1 && texts.Length != runs)
            return false;
        for (int i = 0; i < runs; i++)
        {
            if (!long.TryParse(texts[texts.Length == 1 ? 0 : i], System.Globalization.CultureInfo.InvariantCulture, out long step))
                return false;
            steps[i] = step;
        }

        return true;
    }

    internal static IResult? PointsRefusal(int points) => points is < 4 or > MostPoints ? Problems.Invalid("points", $"{points} is not allowed: from 4 to {MostPoints}.") : null;

    internal static bool WantsBinary(HttpRequest request) => request.Headers.Accept.Any(a => a?.Contains(Binary, StringComparison.OrdinalIgnoreCase) == true);

    internal static byte[] Columns(MetricSeriesData series)
    {
        int n = series.Steps.Length;
        double[] all = new double[2 + (series.Other is null ? 4 : 5) * n];
        (all[0], all[1]) = (n, series.TotalCount);
        for (int i = 0; i < n; i++)
        {
            all[2 + i] = series.Steps[i];
            all[2 + n + i] = series.Epochs[i];
            all[2 + 2 * n + i] = series.Times[i];
            all[2 + 3 * n + i] = series.Values[i];
            if (series.Other is not null)
                all[2 + 4 * n + i] = series.Other[i];
        }

        return MemoryMarshal.AsBytes<double>(all).ToArray();
    }
}

/// <param name="Key">Such as <c>train/loss</c>.</param>
/// <param name="Other">The metric that <c>x</c> names at these steps; absent when none was asked for.</param>
/// <param name="TotalCount">Points in the store; the columns may hold fewer, extremes kept.</param>
public sealed record SeriesAnswer(string Key, long TotalCount, long[] Steps, double[] Epochs, DateTime[] Times, double[] Values, double[]? Other)
{
    public static SeriesAnswer Of(MetricSeriesData series) =>
        new(series.Key, series.TotalCount, series.Steps, series.Epochs, [.. series.Times.Select(t => DateTime.UnixEpoch.AddMilliseconds(t))], series.Values, series.Other);
}

/// <summary>The series of one of several runs; without points when there is no such run or it has not measured this.</summary>
public sealed record RunSeriesAnswer(Guid Run, SeriesAnswer Series);
