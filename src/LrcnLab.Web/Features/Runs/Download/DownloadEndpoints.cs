using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs.Download;

/// <summary>Whole runs, or only their checkpoints, as one zip.</summary>
public static class DownloadEndpoints
{
    public static void MapDownloads(this RouteGroupBuilder runs) =>
        runs.MapGet("/archive", ArchiveAsync).WithName("DownloadRuns").WithSummary("Everything of the runs named by id, as a zip with a folder for each; with content=checkpoints those alone.")
            .Produces(StatusCodes.Status200OK, contentType: "application/zip").ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> ArchiveAsync(HttpRequest request, RunFiles files, RunQueries queries, CancellationToken cancel, string content = "all")
    {
        if (content is not ("all" or "checkpoints"))
            return Problems.Invalid("content", $"\"{content}\" is not allowed: all or checkpoints.");
        var ids = new List<Guid>();
        foreach (string text in request.Query["id"].OfType<string>())
        {
            if (!Guid.TryParse(text, out Guid id))
                return Problems.Invalid("id", $"\"{text}\" is no id of a run.");
            ids.Add(id);
        }

        if (ids.Count == 0)
            return Problems.Invalid("id", "At least one run is needed.");
        IReadOnlyList<RunRow> found = await queries.FindAsync(ids, cancel);
        if (ids.Except(found.Select(r => r.Id)).FirstOrDefault() is var missing && missing != Guid.Empty)
            return Problems.NotFound($"There is no run {missing}.");
        string name = found.Count == 1 ? ZipDownload.Safe(found[0].Name) : $"{found.Count}-runs";
        return ZipDownload.Stream(request.HttpContext, $"{name}{(content == "all" ? "" : "-checkpoints")}.zip", files.PartsAsync([.. found.Select(r => r.Id)], content == "checkpoints", cancel));
    }
}
