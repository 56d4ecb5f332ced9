using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs.Export;

/// <summary>Whole series as files, streamed: of runs, or of the lines of a chart.</summary>
public static class ExportEndpoints
{
    private static readonly Dictionary<string, (string Type, string Extension, Func<Stream, ISeriesWriter> Writer)> Formats = new()
    {
        ["csv"] = ("text/csv", "csv", to => new CsvSeriesWriter(to)),
        ["json"] = ("application/jsonl", "jsonl", to => new JsonSeriesWriter(to)),
        ["parquet"] = ("application/vnd.apache.parquet", "parquet", to => new ParquetSeriesWriter(to)),
        ["tensorboard"] = ("application/octet-stream", "lrcnlab", to => new TensorBoardWriter(to)),
    };

    public static void MapExport(this RouteGroupBuilder api)
    {
        api.MapGet("/runs/{id:guid}/metrics/export", RunAsync).WithTags("Runs").WithName("ExportRunMetrics").Produces(StatusCodes.Status200OK).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/metrics/export", SeriesAsync).WithTags("Runs").WithName("ExportMetrics").Produces(StatusCodes.Status200OK).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> RunAsync(Guid id, MetricStore metrics, RunQueries queries, HttpRequest request, CancellationToken cancel, string format = "csv")
    {
        if (await queries.FindAsync([id], cancel) is not [{ } run])
            return Problems.NotFound($"There is no run {id}.");
        string[] keys = [.. request.Query["key"].OfType<string>()];
        string[] known = [.. run.Metrics.Keys.Order(StringComparer.Ordinal)];
        if (keys.Except(known).FirstOrDefault() is { } unknown)
            return Problems.Invalid("key", $"\"{run.Name}\" has no metric \"{unknown}\"; it has {(known.Length == 0 ? "none" : string.Join(", ", known))}.");
        return File(format, run.Name, [.. (keys.Length > 0 ? keys : known).Select(k => new ExportedSeries(id, run.Name, k))], metrics, cancel);
    }

    private static async Task<IResult> SeriesAsync(MetricStore metrics, RunQueries queries, HttpRequest request, CancellationToken cancel, string format = "csv")
    {
        var wanted = new List<(Guid Run, string Key)>();
        foreach (string text in request.Query["series"].OfType<string>())
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !Guid.TryParse(text.AsSpan(0, colon), out Guid run))
                return Problems.Invalid("series", $"\"{text}\" is no series: the id of a run, a colon and a metric are needed.");
            wanted.Add((run, text[(colon + 1)..]));
        }

        if (wanted.Count == 0)
            return Problems.Invalid("series", "At least one series is needed: the id of a run, a colon and a metric.");
        Dictionary<Guid, string> names = (await queries.FindAsync([.. wanted.Select(w => w.Run)], cancel)).ToDictionary(r => r.Id, r => r.Name);
        if (wanted.Select(w => w.Run).FirstOrDefault(r => !names.ContainsKey(r)) is var missing && missing != Guid.Empty)
            return Problems.NotFound($"There is no run {missing}.");
        return File(format, wanted.Select(w => w.Key).Distinct().Count() == 1 ? wanted[0].Key : "metrics", [.. wanted.Select(w => new ExportedSeries(w.Run, names[w.Run], w.Key))], metrics, cancel);
    }

    private static IResult File(string format, string name, ExportedSeries[] series, MetricStore metrics, CancellationToken cancel)
    {
        if (!Formats.TryGetValue(format, out var chosen))
            return Problems.Invalid("format", $"There is no format \"{format}\"; known: {string.Join(", ", Formats.Keys)}.");
        string safe = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
        // TensorBoard looks for files of this name.
        string file = format == "tensorboard" ? $"events.out.tfevents.{safe}.{chosen.Extension}" : $"{safe}.{chosen.Extension}";
        return Results.Stream(async to =>
        {
            await using ISeriesWriter writer = chosen.Writer(to);
            foreach (ExportedSeries one in series)
            {
                await foreach (MetricSeriesData part in metrics.ReadAllAsync(one.Run, one.Key, cancel))
                    await writer.WriteAsync(one, part, cancel);
            }
        }, chosen.Type, file);
    }
}
