using System.Text.Json.Nodes;
using LrcnLab.Core;
using LrcnLab.Core.Notifications;
using LrcnLab.Core.Runs;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage;

/// <summary>Adds notifications and what webhooks get of them to the write in which happens what they tell of: neither is there without the other, whoever dies.</summary>
public static class Notifier
{
    /// <param name="db">Within a write.</param>
    /// <param name="kind">Of the notification.</param>
    /// <param name="text">What happened, in words.</param>
    /// <param name="run">That it is about.</param>
    /// <param name="now">UTC</param>
    /// <param name="cancellationToken">Ends the write.</param>
    public static async Task AddAsync(LabDbContext db, NotificationKind kind, string text, Run run, DateTime now, CancellationToken cancellationToken)
    {
        var notification = new Notification { Kind = kind, Time = now, Title = RunNotices.Title(kind, run.Name), Text = text, RunId = run.Id, ProjectId = run.ProjectId };
        db.Notifications.Add(notification);
        Webhook[] wanting = [.. (await db.Webhooks.AsNoTracking().Where(w => w.Enabled).ToListAsync(cancellationToken)).Where(w => w.Wants(kind, run.ProjectId))];
        if (wanting.Length == 0)
            return;
        string body = Body(notification, run, await db.Projects.FindAsync([run.ProjectId], cancellationToken));
        foreach (Webhook webhook in wanting)
            db.WebhookDeliveries.Add(new WebhookDelivery { WebhookId = webhook.Id, Body = body, CreatedAt = now, NextAttemptAt = now });
    }

    /// <summary>What webhooks get: <c>id, kind, time, title, text</c> and, where it is about a run, <c>run</c> with <c>id, name, state, path</c> and <c>project</c> with <c>id, name</c>.</summary>
    public static string Body(Notification notification, Run? run, Project? project) => new JsonObject
    {
        ["id"] = notification.Id,
        ["kind"] = notification.Kind.Word(),
        ["time"] = notification.Time,
        ["title"] = notification.Title,
        ["text"] = notification.Text,
        ["run"] = run is null ? null : new JsonObject { ["id"] = run.Id, ["name"] = run.Name, ["state"] = run.State.Word(), ["path"] = $"/runs/{run.Id}" },
        ["project"] = project is null ? null : new JsonObject { ["id"] = project.Id, ["name"] = project.Name },
    }.ToJsonString(LabJson.Options);

    /// <summary>Looks at the moves of runs that are about to be written. Several moves of one run in one write are told as where they lead.</summary>
    internal static async Task AddForMovesAsync(LabDbContext db, CancellationToken cancellationToken)
    {
        RunStateChange[] added = [.. db.ChangeTracker.Entries<RunStateChange>().Where(e => e.State == EntityState.Added).Select(e => e.Entity)];
        foreach (var moves in added.GroupBy(c => c.RunId))
        {
            // Their temporary numbers rise in the order in which they were added.
            RunStateChange[] order = [.. moves.OrderBy(c => db.Entry(c).Property(x => x.Id).CurrentValue)];
            RunStateChange last = order[^1];
            // A guard's pause comes at once; a person's, or one for another run, has been on its way.
            bool byItself = order.Length > 1 && order[0].To == RunState.Pausing;
            if (RunNotices.Of(last.To, last.Person, byItself) is not { } kind || await db.Runs.FindAsync([moves.Key], cancellationToken) is not { } run)
                continue;
            if (kind == NotificationKind.RunStopped && !order.Any(c => c.To == RunState.Stopping) && await WasAskedAsync(db, run.Id, cancellationToken))
                continue;
            await AddAsync(db, kind, last.Cause, run, last.Time, cancellationToken);
        }
    }

    /// <summary>Whether the latest wish to stop came from a person: the end itself comes from the worker.</summary>
    private static async Task<bool> WasAskedAsync(LabDbContext db, Guid run, CancellationToken cancellationToken) =>
        await db.RunStateChanges.Where(c => c.RunId == run && c.To == RunState.Stopping).OrderByDescending(c => c.Id).Select(c => c.Person).FirstOrDefaultAsync(cancellationToken) is not null;
}
