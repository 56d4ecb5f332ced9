using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Views;

/// <summary>Saved views over HTTP.</summary>
public static class ViewEndpoints
{
    public static void MapViews(this RouteGroupBuilder api)
    {
        RouteGroupBuilder views = api.MapGroup("/views").WithTags("Views");
        views.MapGet("", async (ViewQueries queries, CancellationToken cancel, string page = "runs") => new Page<ViewRow>(await queries.ListAsync(page, cancel), null)).WithName("ListViews");
        views.MapPost("", async (SaveViewRequest request, ViewQueries queries, CancellationToken cancel) =>
        {
            (ViewRow? view, string? problem) = await queries.SaveAsync(request.Page ?? "runs", request.Name ?? "", request.Address ?? "", cancel);
            return view is null ? Problems.Invalid("name", problem!) : Results.Ok(view);
        })
            .WithName("SaveView").Produces<ViewRow>().ProducesValidationProblem();
        views.MapDelete("/{id:guid}", async (Guid id, ViewQueries queries, CancellationToken cancel) => await queries.RemoveAsync(id, cancel) ? Results.NoContent() : Problems.NotFound($"There is no view {id}."))
            .WithName("DeleteView").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }
}

/// <param name="Page">Such as <c>runs</c>.</param>
/// <param name="Address">Query of the page's address, without the question mark.</param>
public sealed record SaveViewRequest(string? Page, string? Name, string? Address);
