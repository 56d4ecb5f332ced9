using LrcnLab.Core.Notifications;
using LrcnLab.Scheduling.Notifications;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Notifications;

/// <summary>Notifications, webhooks and their deliveries over HTTP.</summary>
public static class NotificationEndpoints
{
    private const int PageSize = 200;

    public static void MapNotifications(this RouteGroupBuilder api)
    {
        RouteGroupBuilder notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("", ListAsync).WithName("ListNotifications").WithSummary("The newest 200.").Produces<Page<NotificationRow>>().ProducesValidationProblem();
        notifications.MapPost("/read", async (WebhookService service, CancellationToken cancel, Guid? id = null) =>
        {
            await service.MarkReadAsync(id, cancel);
            return Results.NoContent();
        }).WithName("MarkRead").WithSummary("One, or all without an id.").Produces(StatusCodes.Status204NoContent);

        RouteGroupBuilder webhooks = api.MapGroup("/webhooks").WithTags("Notifications");
        webhooks.MapGet("", async (NotificationQueries queries, CancellationToken cancel) => new Page<WebhookRow>(await queries.WebhooksAsync(cancel), null)).WithName("ListWebhooks");
        webhooks.MapPost("", AddAsync).WithName("CreateWebhook").Produces<CreatedWebhook>(StatusCodes.Status201Created).ProducesValidationProblem();
        webhooks.MapPut("/{id:guid}", EditAsync).WithName("ChangeWebhook").WithSummary("Everything but its secret.").Produces(StatusCodes.Status204NoContent).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        webhooks.MapDelete("/{id:guid}", async (Guid id, WebhookService service, CancellationToken cancel) => await service.RemoveAsync(id, cancel) is { } none ? Problems.NotFound(none) : Results.NoContent())
            .WithName("RemoveWebhook").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        webhooks.MapPost("/{id:guid}/enable", async (Guid id, EnableRequest request, WebhookService service, CancellationToken cancel) =>
                request.Enabled is not { } enabled ? Problems.Invalid("enabled", "Say true or false.") : await service.EnableAsync(id, enabled, cancel) is { } none ? Problems.NotFound(none) : Results.NoContent())
            .WithName("EnableWebhook").Produces(StatusCodes.Status204NoContent).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        webhooks.MapPost("/{id:guid}/test", async (Guid id, WebhookService service, CancellationToken cancel) => Answer(await service.TestAsync(id, cancel)))
            .WithName("TestWebhook").Produces<WebhookAnswer>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        webhooks.MapPost("/{id:guid}/rotate", async (Guid id, WebhookService service, CancellationToken cancel) =>
                await service.RotateAsync(id, cancel) is { Secret: { } secret } ? Results.Ok(new CreatedWebhook(id, secret)) : Problems.NotFound(NoWebhook(id)))
            .WithName("RotateWebhook").WithSummary("A new secret; the old one signs nothing more.").Produces<CreatedWebhook>().ProducesProblem(StatusCodes.Status404NotFound);
        webhooks.MapGet("/{id:guid}/deliveries", async (Guid id, NotificationQueries queries, CancellationToken cancel) =>
                await queries.HasWebhookAsync(id, cancel) ? Results.Ok(new Page<DeliveryRow>(await queries.DeliveriesAsync(id, PageSize, cancel), null)) : Problems.NotFound(NoWebhook(id)))
            .WithName("ListDeliveries").Produces<Page<DeliveryRow>>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/deliveries/{id:guid}/retry", async (Guid id, WebhookService service, CancellationToken cancel) => Answer(await service.SendAgainAsync(id, cancel)))
            .WithTags("Notifications").WithName("RetryDelivery").Produces<WebhookAnswer>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ListAsync(NotificationQueries queries, CancellationToken cancel, bool unread = false, string? kind = null)
    {
        NotificationKind? parsed = NotificationKinds.Parse(kind);
        if (kind is not null && parsed is null)
            return Problems.Invalid("kind", $"\"{kind}\" is no kind: allowed are {string.Join(", ", Enum.GetValues<NotificationKind>().Select(k => k.Word()))}.");
        return Results.Ok(new Page<NotificationRow>(await queries.ListAsync(unread, parsed, PageSize, cancel), null));
    }

    private static async Task<IResult> EditAsync(Guid id, CreateWebhookRequest request, WebhookService service, CancellationToken cancel) => await service.EditAsync(id, Wish(request), cancel) switch
    {
        null => Results.NoContent(),
        (null, var none) => Problems.NotFound(none),
        var (field, message) => Problems.Invalid(field, message),
    };

    private static WebhookRequest Wish(CreateWebhookRequest request) => new(request.Name ?? "", request.Url ?? "", request.Kinds ?? [], request.ProjectId);

    private static string NoWebhook(Guid id) => $"There is no webhook {id}.";

    private static async Task<IResult> AddAsync(CreateWebhookRequest request, WebhookService service, CancellationToken cancel)
    {
        var (id, secret, problem) = await service.AddAsync(Wish(request), cancel);
        return id is { } made ? Results.Created($"{LabUrls.Api}/webhooks", new CreatedWebhook(made, secret!)) : Problems.Invalid(problem!.Value.Field, problem.Value.Message);
    }

    private static IResult Answer((WebhookAnswer? Answer, string? Refusal) sent) =>
        sent.Refusal is { } refusal ? Problems.NotFound(refusal) : sent.Answer is { } answer ? Results.Ok(answer) : Problems.Conflict("It is being sent already.");
}

/// <param name="Name">One of a kind.</param>
/// <param name="Url">Where to send.</param>
/// <param name="Kinds">Empty or absent for all.</param>
/// <param name="ProjectId">Only of this project; absent for all.</param>
public sealed record CreateWebhookRequest(string? Name, string? Url, IReadOnlyList<NotificationKind>? Kinds, Guid? ProjectId);

/// <param name="Secret">Signs what is sent; it is not shown again.</param>
public sealed record CreatedWebhook(Guid Id, string Secret);

public sealed record EnableRequest(bool? Enabled);
