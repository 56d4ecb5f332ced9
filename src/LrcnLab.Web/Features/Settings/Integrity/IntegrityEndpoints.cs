using LrcnLab.Storage.Integrity;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Settings.Integrity;

/// <summary>Checks of everything that is stored, and orphans, over HTTP.</summary>
public static class IntegrityEndpoints
{
    public static void MapIntegrity(this RouteGroupBuilder api)
    {
        RouteGroupBuilder integrity = api.MapGroup("/integrity").WithTags("Integrity");
        integrity.MapGet("", async (IntegrityService service, ArtifactVerifier verifier, CancellationToken cancel) =>
            new IntegrityState(service.Progress, service.Failure, service.Report, await verifier.DamagedAsync(cancel))).WithName("GetIntegrity");
        integrity.MapPost("/check", (IntegrityService service) => service.Begin() is { } refusal ? Problems.Conflict(refusal) : Results.Accepted($"{LabUrls.Api}/integrity"))
            .WithName("CheckIntegrity").Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        integrity.MapDelete("/check", (IntegrityService service) =>
        {
            service.Cancel();
            return Results.Accepted();
        }).WithName("CancelIntegrityCheck").Produces(StatusCodes.Status202Accepted);
        integrity.MapDelete("/orphans", async (IntegrityService service, CancellationToken cancel) =>
        {
            (IReadOnlyList<OrphanFile> removed, string? refusal) = await service.RemoveOrphansAsync(cancel);
            return refusal is null ? Results.Ok(new Page<OrphanFile>(removed, null)) : Problems.Conflict(refusal);
        }).WithName("RemoveOrphans").Produces<Page<OrphanFile>>().ProducesProblem(StatusCodes.Status409Conflict);
    }
}

/// <param name="Progress">Null when no check goes on.</param>
/// <param name="Failure">Why the last check ended early; null when it did not.</param>
/// <param name="Report">Of the last check since the program's start; null before.</param>
/// <param name="Damaged">Artifacts known to be damaged or gone.</param>
public sealed record IntegrityState(CheckProgress? Progress, string? Failure, IntegrityReport? Report, IReadOnlyList<DamagedArtifact> Damaged);
