using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Settings.Retention;

/// <summary>Which checkpoints are kept, over HTTP: the rules, what they would do, and doing it.</summary>
public static class RetentionEndpoints
{
    public static void MapRetention(this RouteGroupBuilder api)
    {
        RouteGroupBuilder retention = api.MapGroup("/retention").WithTags("Retention");
        retention.MapGet("", (RetentionService service, CancellationToken cancel) => service.ReadAsync(cancel)).WithName("GetRetention");
        retention.MapPut("", async (RetentionPolicy policy, RetentionService service, CancellationToken cancel) => await service.SaveAsync(policy, cancel) is { } refusal ? Problems.Invalid("policy", refusal) : Results.NoContent())
            .WithName("SetRetention").Produces(StatusCodes.Status204NoContent).ProducesValidationProblem();
        retention.MapPost("/plan", async (RetentionPolicy policy, RetentionService service, CancellationToken cancel) => policy.Refusal() is { } refusal ? Problems.Invalid("policy", refusal) : Results.Ok(await service.PlanAsync(policy, cancel)))
            .WithName("PlanRetention").Produces<RetentionPlan>().ProducesValidationProblem();
        retention.MapPost("/apply", async (RetentionPolicy policy, RetentionService service, CancellationToken cancel) => policy.Refusal() is { } refusal ? Problems.Invalid("policy", refusal) : Results.Ok(await service.ApplyAsync(policy, cancel)))
            .WithName("ApplyRetention").Produces<RetentionPlan>().ProducesValidationProblem();
    }
}
