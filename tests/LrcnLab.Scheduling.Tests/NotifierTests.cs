using LrcnLab.Core.Notifications;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Notifications;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>A notification is there exactly when the move is that it tells of. On both databases.</summary>
public sealed class NotifierTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgresql];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private WebhookService Webhooks => _lab.Services.GetRequiredService<WebhookService>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _lab.DisposeAsync();

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Write_ThatIsTakenBack_TellsNothing(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await AddWebhookAsync("hook");
        Run run = await AddPausedRunAsync();

        await Assert.ThrowsAsync<IOException>(() => _lab.WriteAsync(async db =>
        {
            Move(db, await db.Runs.SingleAsync(Cancel), Stopped);
            await db.SaveChangesAsync(Cancel);
            Assert.Equal(1, await db.Notifications.CountAsync(Cancel));
            throw new IOException("The program dies.");
        }));
        Assert.Equal((0, 0), await CountsAsync());

        await _lab.WriteAsync(async db => Move(db, await db.Runs.SingleAsync(Cancel), Stopped));
        Assert.Equal((1, 1), await CountsAsync());
        Notification told = await _lab.ReadAsync(db => db.Notifications.SingleAsync(Cancel));
        Assert.Equal((NotificationKind.RunStopped, run.Id, "a run was stopped", "Test.", Project.DefaultId), (told.Kind, told.RunId!.Value, told.Title, told.Text, told.ProjectId!.Value));
    }

    /// <summary>Another program changed the run since it was read, so the write begins anew.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Write_ThatIsDoneAgain_TellsOnce(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await AddWebhookAsync("hook");
        await AddPausedRunAsync();
        int times = 0;

        await _lab.WriteAsync(async db =>
        {
            Run run = await db.Runs.SingleAsync(Cancel);
            if (++times == 1)
                await db.Runs.ExecuteUpdateAsync(r => r.SetProperty(x => x.RowVersion, x => x.RowVersion + 1), Cancel);
            Move(db, run, Stopped);
        });
        Assert.Equal(2, times);
        Assert.Equal((1, 1), await CountsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Interruption_AfterWhichTheRunGoesOn_IsNotTold(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await AddPausedRunAsync();
        await _lab.WriteAsync(async db =>
        {
            Run run = await db.Runs.SingleAsync(Cancel);
            foreach (RunState to in (RunState[])[Queued, Starting, Running, Interrupted, Queued, Starting])
                Move(db, run, to);
        });
        Assert.Equal((0, 0), await CountsAsync());

        await _lab.WriteAsync(async db => Move(db, await db.Runs.SingleAsync(Cancel), Interrupted));
        Assert.Equal(NotificationKind.RunInterrupted, await _lab.ReadAsync(db => db.Notifications.Select(n => n.Kind).SingleAsync(Cancel)));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Webhooks_GetWhatTheyAskedFor(DatabaseProvider provider)
    {
        await StartAsync(provider);
        Run run = await AddPausedRunAsync();
        var other = new Project { Name = "other", CreatedAt = DateTime.UtcNow };
        await _lab.WriteAsync(db =>
        {
            db.Projects.Add(other);
            return Task.CompletedTask;
        });
        await AddWebhookAsync("all");
        await AddWebhookAsync("its project", project: run.ProjectId);
        await AddWebhookAsync("its kind", kinds: [NotificationKind.RunFailed, NotificationKind.Guard]);
        await AddWebhookAsync("another kind", kinds: NotificationKind.RunFailed);
        await AddWebhookAsync("another project", project: other.Id);
        Guid off = await AddWebhookAsync("off");
        Assert.Null(await Webhooks.EnableAsync(off, false, Cancel));

        await _lab.WriteAsync(async db => await Notifier.AddAsync(db, NotificationKind.Guard, "The loss is no number.", await db.Runs.SingleAsync(Cancel), DateTime.UtcNow, Cancel));
        Assert.Equal(["all", "its kind", "its project"], await _lab.ReadAsync(db => db.WebhookDeliveries.Select(d => d.Webhook.Name).OrderBy(n => n).ToListAsync(Cancel)));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Watch_SeesWhatOtherProgramsTellAndRead(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await AddPausedRunAsync();
        var watch = new NotificationWatch(_lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>(), _lab.Services.GetRequiredService<RunFeed>(), TimeProvider.System, NullLogger<NotificationWatch>.Instance);
        Assert.False(await watch.LookAsync(Cancel));
        await _lab.WriteAsync(async db => Move(db, await db.Runs.SingleAsync(Cancel), Stopped));
        Assert.True(await watch.LookAsync(Cancel));
        Assert.False(await watch.LookAsync(Cancel));

        await Webhooks.MarkReadAsync(await _lab.ReadAsync(db => db.Notifications.Select(n => n.Id).SingleAsync(Cancel)), Cancel);
        Assert.True(await watch.LookAsync(Cancel));
        Assert.NotNull(await _lab.ReadAsync(db => db.Notifications.Select(n => n.ReadAt).SingleAsync(Cancel)));
    }

    private async Task StartAsync(DatabaseProvider provider)
    {
        if (provider == DatabaseProvider.Postgresql)
            await _lab.UsePostgresAsync();
        await _lab.StartAsync();
    }

    /// <summary>Where nothing listens: what is sent comes back as failed and waits.</summary>
    private async Task<Guid> AddWebhookAsync(string name, Guid? project = null, params NotificationKind[] kinds) =>
        (await Webhooks.AddAsync(new WebhookRequest(name, "http://127.0.0.1:9/", kinds, project), Cancel)).Id!.Value;

    /// <summary>It waits for somebody, so that no server takes it.</summary>
    private async Task<Run> AddPausedRunAsync()
    {
        await _lab.AddDatasetAsync("normal");
        Guid version = await _lab.ReadAsync(db => db.DatasetVersions.Select(v => v.Id).SingleAsync(Cancel));
        var run = new Run { Name = "a run", SpecJson = SpecText.ToJson(TestLab.Spec("normal")), DatasetVersionId = version, Classes = ["a", "b"], CreatedAt = DateTime.UtcNow };
        foreach (RunState step in (RunState[])[Queued, Paused])
            Assert.Null(run.Move(step, "Test.", DateTime.UtcNow).Refusal);
        await _lab.WriteAsync(db =>
        {
            db.Runs.Add(run);
            return Task.CompletedTask;
        });
        return run;
    }

    private static void Move(LabDbContext db, Run run, RunState to) => db.RunStateChanges.Add(run.Move(to, "Test.", DateTime.UtcNow).Change!);

    private Task<(int Notifications, int Deliveries)> CountsAsync() => _lab.ReadAsync(async db => (await db.Notifications.CountAsync(Cancel), await db.WebhookDeliveries.CountAsync(Cancel)));
}
