using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs.Bin;

/// <summary>Deleting runs over HTTP: into the bin, back, and for good.</summary>
public static class BinEndpoints
{
    public static void MapBin(this RouteGroupBuilder runs)
    {
        runs.MapGet("/bin", async (RunQueries queries, CancellationToken cancel) => new Page<RunRow>(await queries.BinAsync(2000, cancel), null)).WithName("ListBin");
        runs.MapDelete("/{id:guid}", async (Guid id, RunQueries queries, RunBin bin, CancellationToken cancel, bool permanently = false) =>
                (await queries.FindAsync([id], cancel)).Count == 0 ? Problems.NotFound($"There is no run {id}.") : Answer(permanently ? await bin.RemoveAsync(id, cancel) : await bin.PutAsync([id], LocalPerson.Name, cancel)))
            .WithName("DeleteRun").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapPost("/{id:guid}/restore", async (Guid id, RunQueries queries, RunBin bin, CancellationToken cancel) =>
                (await queries.FindAsync([id], cancel)).Count == 0 ? Problems.NotFound($"There is no run {id}.") : Answer(await bin.RestoreAsync([id], cancel)))
            .WithName("RestoreRun").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static IResult Answer(string? refusal) => refusal is null ? Results.NoContent() : Problems.Conflict(refusal);
}
