using System.Security.Cryptography;
using LrcnLab.Core.Notifications;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Notifications;

/// <summary>A webhook as somebody wants it.</summary>
/// <param name="Kinds">Empty for all.</param>
/// <param name="ProjectId">Null for all.</param>
public sealed record WebhookRequest(string Name, string Url, IReadOnlyList<NotificationKind> Kinds, Guid? ProjectId);

/// <summary>What people ask of webhooks and notifications. Texts are refusals in words; null when it is done.</summary>
public sealed class WebhookService
{
    private readonly LabWriter _writer;
    private readonly WebhookSender _sender;
    private readonly TimeProvider _clock;

    internal WebhookService(LabWriter writer, WebhookSender sender, TimeProvider clock) => (_writer, _sender, _clock) = (writer, sender, clock);

    /// <returns>Its id and its secret, which is not shown again; or the field and the refusal.</returns>
    public async Task<(Guid? Id, string? Secret, (string Field, string Message)? Problem)> AddAsync(WebhookRequest request, CancellationToken cancellationToken)
    {
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var webhook = new Webhook { Name = request.Name.Trim(), Url = request.Url.Trim(), Secret = secret, Kinds = [.. request.Kinds.Select(k => k.ToString())], ProjectId = request.ProjectId, CreatedAt = Now };
        (string, string)? problem = await _writer.WriteAsync(
            async db =>
            {
                if (await ProblemAsync(db, webhook, cancellationToken) is { } wrong)
                    return wrong;
                db.Webhooks.Add(webhook);
                return ((string, string)?)null;
            },
            cancellationToken);
        return problem is null ? (webhook.Id, secret, null) : (null, null, problem);
    }

    /// <summary>Changes what is asked for; the secret stays. What waits goes to the new address.</summary>
    /// <returns>The field and the refusal, or null; the field is null when there is no such webhook.</returns>
    public Task<(string? Field, string Message)?> EditAsync(Guid id, WebhookRequest request, CancellationToken cancellationToken) => _writer.WriteAsync(
        async db =>
        {
            if (await db.Webhooks.SingleOrDefaultAsync(w => w.Id == id, cancellationToken) is not { } webhook)
                return (null, NoWebhook(id));
            (webhook.Name, webhook.Url, webhook.Kinds, webhook.ProjectId) = (request.Name.Trim(), request.Url.Trim(), [.. request.Kinds.Select(k => k.ToString())], request.ProjectId);
            if (await ProblemAsync(db, webhook, cancellationToken) is not { } wrong)
                return ((string? Field, string Message)?)null;
            db.ChangeTracker.Clear();
            return wrong;
        },
        cancellationToken);

    /// <summary>Turns it on or off; what is due meanwhile waits.</summary>
    public Task<string?> EnableAsync(Guid id, bool enabled, CancellationToken cancellationToken) => ChangeAsync(id, webhook => webhook.Enabled = enabled, cancellationToken);

    /// <returns>The new secret, or the refusal.</returns>
    public async Task<(string? Secret, string? Refusal)> RotateAsync(Guid id, CancellationToken cancellationToken)
    {
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        string? refusal = await ChangeAsync(id, webhook => webhook.Secret = secret, cancellationToken);
        return refusal is null ? (secret, null) : (null, refusal);
    }

    /// <summary>Removes it with all that was to be sent to it.</summary>
    public Task<string?> RemoveAsync(Guid id, CancellationToken cancellationToken) => _writer.WriteAsync(
        async db => await db.Webhooks.Where(w => w.Id == id).ExecuteDeleteAsync(cancellationToken) == 0 ? NoWebhook(id) : null, cancellationToken);

    /// <summary>Sends a notification of the kind test now, and says how it went.</summary>
    public async Task<(WebhookAnswer? Answer, string? Refusal)> TestAsync(Guid id, CancellationToken cancellationToken)
    {
        var notification = new Notification { Kind = NotificationKind.Test, Time = Now, Title = RunNotices.Title(NotificationKind.Test, ""), Text = "Somebody pressed the test button." };
        // Far enough that nobody else sends it meanwhile.
        var delivery = new WebhookDelivery { WebhookId = id, Body = Notifier.Body(notification, null, null), CreatedAt = Now, NextAttemptAt = Now.AddMinutes(1) };
        bool added = await _writer.WriteAsync(
            async db =>
            {
                if (!await db.Webhooks.AnyAsync(w => w.Id == id, cancellationToken))
                    return false;
                db.WebhookDeliveries.Add(delivery);
                return true;
            },
            cancellationToken);
        return added ? (await _sender.SendAsync(delivery.Id, cancellationToken), null) : (null, NoWebhook(id));
    }

    /// <summary>Sends a delivery again, now, whatever became of it; neither an answer nor a refusal when it is being sent already.</summary>
    public async Task<(WebhookAnswer? Answer, string? Refusal)> SendAgainAsync(Guid deliveryId, CancellationToken cancellationToken)
    {
        DateTime now = Now, later = now.AddMinutes(1);
        bool known = await _writer.WriteAsync(
            async db =>
            {
                await db.WebhookDeliveries.Where(d => d.Id == deliveryId && (d.State != DeliveryState.Sending || d.NextAttemptAt <= now))
                    .ExecuteUpdateAsync(d => d.SetProperty(x => x.State, DeliveryState.Pending).SetProperty(x => x.Attempts, 0).SetProperty(x => x.NextAttemptAt, later), cancellationToken);
                return await db.WebhookDeliveries.AnyAsync(d => d.Id == deliveryId, cancellationToken);
            },
            cancellationToken);
        return known ? (await _sender.SendAsync(deliveryId, cancellationToken), null) : (null, $"There is no delivery {deliveryId}.");
    }

    /// <param name="id">Of a notification; null for all.</param>
    public Task MarkReadAsync(Guid? id, CancellationToken cancellationToken) => _writer.WriteAsync(
        db => db.Notifications.Where(n => n.ReadAt == null && (id == null || n.Id == id)).ExecuteUpdateAsync(n => n.SetProperty(x => x.ReadAt, Now), cancellationToken), cancellationToken);

    private Task<string?> ChangeAsync(Guid id, Action<Webhook> change, CancellationToken cancellationToken) => _writer.WriteAsync(
        async db =>
        {
            if (await db.Webhooks.SingleOrDefaultAsync(w => w.Id == id, cancellationToken) is not { } webhook)
                return NoWebhook(id);
            change(webhook);
            return null;
        },
        cancellationToken);

    private static async Task<(string Field, string Message)?> ProblemAsync(LabDbContext db, Webhook webhook, CancellationToken cancellationToken)
    {
        if (webhook.Name.Length is 0 or > 100 || webhook.Name.Any(char.IsControl))
            return ("name", "The name of a webhook has 1 to 100 characters, without control characters.");
        if (await db.Webhooks.AnyAsync(w => w.Name == webhook.Name && w.Id != webhook.Id, cancellationToken))
            return ("name", $"There is a webhook \"{webhook.Name}\" already: choose another name.");
        if (webhook.Url.Length > 2000 || WebhookRules.Refusal(webhook.Url) is not null)
            return ("url", webhook.Url.Length > 2000 ? "An address has at most 2000 characters." : WebhookRules.Refusal(webhook.Url)!);
        return webhook.ProjectId is { } project && !await db.Projects.AnyAsync(p => p.Id == project, cancellationToken) ? ("projectId", $"There is no project {project}.") : null;
    }

    private static string NoWebhook(Guid id) => $"There is no webhook {id}.";

    private DateTime Now => _clock.GetUtcNow().UtcDateTime;
}
