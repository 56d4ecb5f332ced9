using System.Globalization;
using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Hosting;
using LogLevel = LrcnLab.Core.Events.LogLevel;

namespace LrcnLab.Web.Features.Runs.Logs;

/// <summary>The log of a run over HTTP: page by page, searched, or whole as text.</summary>
public static class LogEndpoints
{
    public static void MapLog(this RouteGroupBuilder runs)
    {
        runs.MapGet("/{id:guid}/log", GetAsync).WithName("GetLog").Produces<Page<LogLine>>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet("/{id:guid}/log/search", SearchAsync).WithName("SearchLog").Produces<LogHits>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> GetAsync(Guid id, RunLog log, RunQueries queries, CancellationToken cancel, long from = 0, int max = 1000, string format = "json")
    {
        if (await queries.GetAsync(id, cancel) is null)
            return Problems.NotFound($"There is no run {id}.");
        if (format == "text")
        {
            var all = await log.ReadAsync(id, 0, int.MaxValue, cancel);
            string left = all.Count > 0 && all[0].N > 1 ? string.Create(CultureInfo.InvariantCulture, $"({all[0].N - 1} older lines were let go.)\n") : "";
            return Results.Text(left + string.Concat(all.Select(l => $"{l.Time:O} {l.Level} {AnsiText.Plain(l.Message)}\n")), "text/plain; charset=utf-8");
        }

        int take = Math.Clamp(max, 1, 10_000);
        var lines = await log.ReadAsync(id, from, take, cancel);
        return Results.Ok(new Page<LogLine>(lines, lines.Count == take ? (lines[^1].N + 1).ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> SearchAsync(Guid id, RunLog log, RunQueries queries, CancellationToken cancel, string? q = null, string level = "information", int context = 0)
    {
        if (await queries.GetAsync(id, cancel) is null)
            return Problems.NotFound($"There is no run {id}.");
        if (!Enum.TryParse(level, ignoreCase: true, out LogLevel least) || !Enum.IsDefined(least))
            return Problems.Invalid("level", $"There is no level \"{level}\"; known: {string.Join(", ", Enum.GetNames<LogLevel>().Select(l => l.ToLowerInvariant()))}.");
        var (search, refusal) = LogSearch.Of(q, least, context);
        return search is null ? Problems.Invalid("q", refusal!) : Results.Ok(await log.SearchAsync(id, search, cancel));
    }
}
