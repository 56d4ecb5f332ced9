using LrcnLab.Scheduling.Queue;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Projects;

/// <summary>Projects with their experiments and sweeps, their shares and limits.</summary>
public static class ProjectEndpoints
{
    public static void MapProjects(this RouteGroupBuilder api)
    {
        RouteGroupBuilder projects = api.MapGroup("/projects").WithTags("Projects");
        projects.MapGet("", async (ProjectQueries queries, CancellationToken cancel) => new Page<ProjectRow>(await queries.ListAsync(cancel), null)).WithName("ListProjects");
        projects.MapPost("", async (ProjectRequest request, LimitService service, CancellationToken cancel) =>
            {
                var (id, refusal) = await service.AddProjectAsync(request.Name ?? "", cancel);
                return id is { } made ? Results.Created($"{LabUrls.Api}/projects", new CreatedProject(made)) : Problems.Invalid("name", refusal!);
            })
            .WithName("CreateProject").Produces<CreatedProject>(StatusCodes.Status201Created).ProducesValidationProblem();
        projects.MapPost("/{id:guid}/share", async (Guid id, ShareRequest request, LimitService service, CancellationToken cancel) =>
                Accepted("share", request.Share is { } share ? await service.ShareAsync(id, share, cancel) : "A share is needed."))
            .WithName("SetShare").Produces(StatusCodes.Status202Accepted).ProducesValidationProblem();
        api.MapPost("/limits/{id:guid}", async (Guid id, LimitRequest request, LimitService service, CancellationToken cancel) => Accepted("mostRunning", await service.LimitAsync(id, request.MostRunning, cancel)))
            .WithTags("Projects").WithName("SetLimit").WithSummary("Runs at once of a project, an experiment or a sweep.").Produces(StatusCodes.Status202Accepted).ProducesValidationProblem();
    }

    private static IResult Accepted(string field, string? refusal) => refusal is null ? Results.Accepted($"{LabUrls.Api}/projects") : Problems.Invalid(field, refusal);
}

public sealed record ProjectRequest(string? Name);

public sealed record CreatedProject(Guid Id);

public sealed record ShareRequest(double? Share);

/// <param name="MostRunning">Null for any number.</param>
public sealed record LimitRequest(int? MostRunning);
