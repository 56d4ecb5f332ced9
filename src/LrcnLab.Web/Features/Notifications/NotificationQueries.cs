using LrcnLab.Core.Notifications;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Notifications;

public sealed record NotificationRow(Guid Id, NotificationKind Kind, DateTime Time, string Title, string Text, Guid? RunId, bool Read);

/// <param name="Secret">Never shown; only its last characters, to tell one from another.</param>
public sealed record WebhookRow(Guid Id, string Name, string Url, IReadOnlyList<NotificationKind> Kinds, Guid? ProjectId, string? Project, bool Enabled, DateTime CreatedAt, string Secret, int Waiting, int GivenUp);

public sealed record DeliveryRow(Guid Id, DateTime CreatedAt, DeliveryState State, int Attempts, DateTime? NextAttemptAt, DateTime? LastAttemptAt, int? Status, string? Answer, int? Milliseconds, string Body);

/// <summary>What pages and API read of notifications and webhooks.</summary>
public sealed class NotificationQueries(IDbContextFactory<LabDbContext> database)
{
    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<NotificationRow>> ListAsync(bool unreadOnly, NotificationKind? kind, int take, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Notifications.Where(n => (!unreadOnly || n.ReadAt == null) && (kind == null || n.Kind == kind)).OrderByDescending(n => n.Time).Take(take)
            .Select(n => new NotificationRow(n.Id, n.Kind, n.Time, n.Title, n.Text, n.RunId, n.ReadAt != null)).ToListAsync(cancel);
    }

    public async Task<int> UnreadAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Notifications.CountAsync(n => n.ReadAt == null, cancel);
    }

    public async Task<IReadOnlyList<WebhookRow>> WebhooksAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        var rows = await db.Webhooks.AsNoTracking().OrderBy(w => w.Name).Select(w => new
        {
            Webhook = w,
            Project = db.Projects.Where(p => p.Id == w.ProjectId).Select(p => p.Name).FirstOrDefault(),
            Waiting = db.WebhookDeliveries.Count(d => d.WebhookId == w.Id && (d.State == DeliveryState.Pending || d.State == DeliveryState.Sending)),
            GivenUp = db.WebhookDeliveries.Count(d => d.WebhookId == w.Id && d.State == DeliveryState.GivenUp),
        }).ToListAsync(cancel);
        return [.. rows.Select(r => new WebhookRow(r.Webhook.Id, r.Webhook.Name, r.Webhook.Url, [.. r.Webhook.Kinds.Select(k => Enum.Parse<NotificationKind>(k))], r.Webhook.ProjectId, r.Project, r.Webhook.Enabled, r.Webhook.CreatedAt, $"…{r.Webhook.Secret[^4..]}", r.Waiting, r.GivenUp))];
    }

    public async Task<bool> HasWebhookAsync(Guid id, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.Webhooks.AnyAsync(w => w.Id == id, cancel);
    }

    /// <summary>The newest first; empty when there is no such webhook.</summary>
    public async Task<IReadOnlyList<DeliveryRow>> DeliveriesAsync(Guid webhook, int take, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        return await db.WebhookDeliveries.Where(d => d.WebhookId == webhook).OrderByDescending(d => d.CreatedAt).Take(take)
            .Select(d => new DeliveryRow(d.Id, d.CreatedAt, d.State, d.Attempts, d.State == DeliveryState.Pending ? d.NextAttemptAt : null, d.LastAttemptAt, d.Status, d.Answer, d.Milliseconds, d.Body)).ToListAsync(cancel);
    }
}
