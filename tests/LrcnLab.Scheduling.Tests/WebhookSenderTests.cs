using System.Net;
using LrcnLab.Core.Notifications;
using LrcnLab.Scheduling.Notifications;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Deliveries with several programs on one database, and with time that moves. On both databases.</summary>
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();
    private readonly Receiver _receiver = new();

    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgresql];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        _receiver.Dispose();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Delivery_ThatIsBeingSent_IsSentByNobodyElse(DatabaseProvider provider)
    {
        Guid webhook = await StartAsync(provider);
        _receiver.Delay = TimeSpan.FromSeconds(3);
        Guid id = await DueAsync(webhook, TimeSpan.FromHours(1));
        WebhookSender first = Sender(TimeProvider.System), second = Sender(TimeProvider.System);
        Task<WebhookAnswer?> sending = first.SendAsync(id, Cancel);
        while (_receiver.All.Count == 0)
            await Task.Delay(20, Cancel);

        Assert.Null(await second.SendAsync(id, Cancel));
        Assert.Equal((null, null), await _lab.Services.GetRequiredService<WebhookService>().SendAgainAsync(id, Cancel));
        Assert.Equal(200, (await sending)!.Status);
        Assert.Single(_receiver.All);
        Assert.Equal((DeliveryState.Delivered, 1), await StateAsync(id));
    }

    /// <summary>Its time of being taken is over: whoever had it is gone.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Delivery_WhoseSenderDied_IsSentAfterItsTime(DatabaseProvider provider)
    {
        Guid webhook = await StartAsync(provider);
        Guid id = await DueAsync(webhook, TimeSpan.FromHours(1));
        await _lab.WriteAsync(db => db.WebhookDeliveries.ExecuteUpdateAsync(d => d.SetProperty(x => x.State, DeliveryState.Sending).SetProperty(x => x.Attempts, 1), Cancel));

        Assert.Equal(0, await Sender(new ShiftedClock(TimeSpan.FromMinutes(59))).SendDueAsync(Cancel));
        Assert.Null(await Sender(TimeProvider.System).SendAsync(id, Cancel));
        Assert.Equal(1, await Sender(new ShiftedClock(TimeSpan.FromMinutes(61))).SendDueAsync(Cancel));
        Assert.Equal((DeliveryState.Delivered, 2), await StateAsync(id));
        Assert.Single(_receiver.All);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Answer_OfASenderThatLostItsDelivery_IsNotRecorded(DatabaseProvider provider)
    {
        Guid webhook = await StartAsync(provider);
        Guid id = await DueAsync(webhook, TimeSpan.FromHours(1));
        _receiver.Delay = TimeSpan.FromSeconds(2);
        Task<WebhookAnswer?> slow = Sender(TimeProvider.System).SendAsync(id, Cancel);
        while (_receiver.All.Count == 0)
            await Task.Delay(20, Cancel);
        (_receiver.Delay, _receiver.Status) = (TimeSpan.Zero, 500);
        // Two minutes later for the other program, which takes the first one for dead.
        Assert.NotNull(await Sender(new ShiftedClock(TimeSpan.FromMinutes(2))).SendAsync(id, Cancel));
        await slow;

        Assert.Equal((DeliveryState.Pending, 2), await StateAsync(id));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Delivery_ThatFails_IsTriedAtEachOfItsTimesAndGivenUp(DatabaseProvider provider)
    {
        Guid webhook = await StartAsync(provider);
        _receiver.Status = 500;
        Guid id = await DueAsync(webhook, TimeSpan.FromHours(1));
        var clock = new ShiftedClock(TimeSpan.FromHours(1.01));
        WebhookSender sender = Sender(clock);
        var waits = new List<double>();
        for (int attempt = 1; attempt <= WebhookRules.MostAttempts; attempt++)
        {
            Assert.Equal(1, await sender.SendDueAsync(Cancel));
            Assert.Equal(0, await sender.SendDueAsync(Cancel));
            WebhookDelivery delivery = await _lab.ReadAsync(db => db.WebhookDeliveries.AsNoTracking().SingleAsync(Cancel));
            Assert.Equal((attempt == WebhookRules.MostAttempts ? DeliveryState.GivenUp : DeliveryState.Pending, attempt, 500), (delivery.State, delivery.Attempts, delivery.Status));
            double wait = (delivery.NextAttemptAt - delivery.LastAttemptAt!.Value).TotalSeconds;
            waits.Add(wait);
            clock.Shift += TimeSpan.FromSeconds(wait + 1);
        }

        double[] least = [10, 60, 300, 1800, 7200, 21600];
        Assert.All(least.Zip(waits), pair => Assert.InRange(pair.Second, pair.First - 0.001, pair.First * 1.2 + 0.001));
        clock.Shift += TimeSpan.FromDays(1);
        Assert.Equal(0, await sender.SendDueAsync(Cancel));
        Assert.Equal((WebhookRules.MostAttempts, id.ToString()), (_receiver.All.Count, Assert.Single(_receiver.All.Select(r => r.Delivery).Distinct())));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Webhook_ThatIsOff_IsNotSentTo(DatabaseProvider provider)
    {
        Guid webhook = await StartAsync(provider);
        Assert.Null(await _lab.Services.GetRequiredService<WebhookService>().EnableAsync(webhook, false, Cancel));
        await DueAsync(webhook, TimeSpan.FromMinutes(-1));

        Assert.Equal(0, await Sender(TimeProvider.System).SendDueAsync(Cancel));
        Assert.Empty(_receiver.All);
    }

    [Fact]
    public async Task Answer_ThatTakesTooLong_IsAFailedAttempt()
    {
        Guid webhook = await StartAsync(DatabaseProvider.Sqlite);
        _receiver.Delay = TimeSpan.FromSeconds(30);
        Guid id = await DueAsync(webhook, TimeSpan.FromHours(1));
        using var http = new WebhookHttp { Patience = TimeSpan.FromSeconds(0.5) };

        Assert.Equal((null, "No answer within 0.5 s."), await AnswerAsync(Sender(TimeProvider.System, http), id));
        Assert.Equal((DeliveryState.Pending, 1), await StateAsync(id));
    }

    /// <summary>The name was harmless when it was entered, and leads into the cloud's own network when it is used.</summary>
    [Fact]
    public async Task Name_ThatLeadsElsewhereByNow_IsNotConnectedTo()
    {
        Guid webhook = await StartAsync(DatabaseProvider.Sqlite);
        await _lab.WriteAsync(db => db.Webhooks.ExecuteUpdateAsync(w => w.SetProperty(x => x.Url, _receiver.Url.Replace("127.0.0.1", "harmless.example")), Cancel));
        Guid id = await DueAsync(webhook, TimeSpan.FromHours(1));
        IPAddress leads = IPAddress.Parse("169.254.169.254");
        // Though one of its addresses would do.
        using var http = new WebhookHttp((_, _) => Task.FromResult(new[] { IPAddress.Loopback, leads }));

        Assert.Equal((null, WebhookRules.Forbidden(leads)), await AnswerAsync(Sender(TimeProvider.System, http), id));
        Assert.Empty(_receiver.All);
    }

    [Fact]
    public async Task Answer_ThatIsLong_IsKeptInPart()
    {
        Guid webhook = await StartAsync(DatabaseProvider.Sqlite);
        _receiver.Answer = new string('x', 100_000);
        Guid id = await DueAsync(webhook, TimeSpan.FromHours(1));

        Assert.Equal((200, new string('x', 2000)), await AnswerAsync(Sender(TimeProvider.System), id));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Notifications_AmongTheNewestOrOfTheLastMonths_AreKept(DatabaseProvider provider)
    {
        Guid webhook = await StartAsync(provider);
        DateTime now = DateTime.UtcNow;
        DateTime[] recent = [.. Enumerable.Range(1, 1200).Select(i => now.AddDays(-1).AddSeconds(-i))], old = [.. Enumerable.Range(1, 300).Select(i => now.AddDays(-100).AddSeconds(-i))];
        await AddAsync(recent.Take(900).Concat(old));
        var upkeep = new NotificationUpkeep(_lab.Services.GetRequiredService<LabWriter>(), TimeProvider.System);
        await upkeep.RemoveOldAsync(Cancel);
        // 900 of yesterday, and of the old ones those that fill up the thousand.
        Assert.Equal(old[99], await _lab.ReadAsync(db => db.Notifications.MinAsync(n => n.Time, Cancel)), TimeSpan.FromMilliseconds(1));
        Assert.Equal(1000, await _lab.ReadAsync(db => db.Notifications.CountAsync(Cancel)));

        await AddAsync(recent.Skip(900));
        await DueAsync(webhook, TimeSpan.FromHours(1));
        await new NotificationUpkeep(_lab.Services.GetRequiredService<LabWriter>(), TimeProvider.System).RemoveOldAsync(Cancel);
        Assert.Equal(1200, await _lab.ReadAsync(db => db.Notifications.CountAsync(Cancel)));
        Assert.Equal(1, await _lab.ReadAsync(db => db.WebhookDeliveries.CountAsync(Cancel)));

        Task AddAsync(IEnumerable<DateTime> times) => _lab.WriteAsync(db =>
        {
            db.Notifications.AddRange(times.Select(t => new Notification { Kind = NotificationKind.Guard, Time = t, Title = "", Text = "" }));
            return Task.CompletedTask;
        });
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Edit_ChangesAllButTheSecret(DatabaseProvider provider)
    {
        Guid webhook = await StartAsync(provider);
        var service = _lab.Services.GetRequiredService<WebhookService>();
        await service.AddAsync(new WebhookRequest("other", _receiver.Url, [], null), Cancel);
        Webhook before = await _lab.ReadAsync(db => db.Webhooks.AsNoTracking().SingleAsync(w => w.Id == webhook, Cancel));

        Assert.Equal("name", (await service.EditAsync(webhook, new WebhookRequest("other", _receiver.Url, [], null), Cancel))!.Value.Field);
        Assert.Equal("url", (await service.EditAsync(webhook, new WebhookRequest("hook", "http://169.254.169.254/", [], null), Cancel))!.Value.Field);
        Assert.Equal((null, $"There is no webhook {Guid.Empty}."), await service.EditAsync(Guid.Empty, new WebhookRequest("x", _receiver.Url, [], null), Cancel));
        Assert.Equal(("hook", _receiver.Url), await _lab.ReadAsync(async db => await db.Webhooks.Where(w => w.Id == webhook).Select(w => new { w.Name, w.Url }).SingleAsync(Cancel) is var w ? (w.Name, w.Url) : default));
        Assert.Null(await service.EditAsync(webhook, new WebhookRequest("hook", "https://example.org/", [NotificationKind.Guard], null), Cancel));
        Webhook after = await _lab.ReadAsync(db => db.Webhooks.AsNoTracking().SingleAsync(w => w.Id == webhook, Cancel));
        Assert.Equal(("https://example.org/", "Guard", before.Secret), (after.Url, Assert.Single(after.Kinds), after.Secret));
    }

    private static async Task<(int? Status, string Answer)> AnswerAsync(WebhookSender sender, Guid id)
    {
        WebhookAnswer answer = (await sender.SendAsync(id, Cancel))!;
        return (answer.Status, answer.Answer);
    }

    private async Task<Guid> StartAsync(DatabaseProvider provider)
    {
        if (provider == DatabaseProvider.Postgresql)
            await _lab.UsePostgresAsync();
        await _lab.StartAsync();
        return (await _lab.Services.GetRequiredService<WebhookService>().AddAsync(new WebhookRequest("hook", _receiver.Url, [], null), Cancel)).Id!.Value;
    }

    /// <summary>A delivery that is due after <paramref name="wait"/>.</summary>
    private async Task<Guid> DueAsync(Guid webhook, TimeSpan wait)
    {
        var delivery = new WebhookDelivery { WebhookId = webhook, Body = "{}", CreatedAt = DateTime.UtcNow, NextAttemptAt = DateTime.UtcNow + wait };
        await _lab.WriteAsync(db =>
        {
            db.WebhookDeliveries.Add(delivery);
            return Task.CompletedTask;
        });
        return delivery.Id;
    }

    private async Task<(DeliveryState State, int Attempts)> StateAsync(Guid id)
    {
        WebhookDelivery delivery = await _lab.ReadAsync(db => db.WebhookDeliveries.AsNoTracking().SingleAsync(d => d.Id == id, Cancel));
        return (delivery.State, delivery.Attempts);
    }

    /// <summary>As another program on the same database has it.</summary>
    private WebhookSender Sender(TimeProvider clock, WebhookHttp? http = null)
    {
        var contexts = _lab.Services.GetRequiredService<IDbContextFactory<LabDbContext>>();
        var writer = _lab.Services.GetRequiredService<LabWriter>();
        return new WebhookSender(contexts, writer, http ?? _lab.Services.GetRequiredService<WebhookHttp>(), new NotificationUpkeep(writer, clock), _lab.Services.GetRequiredService<RunFeed>(), clock, NullLogger<WebhookSender>.Instance);
    }

    /// <summary>Time that moves when it is told to.</summary>
    private sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public TimeSpan Shift { get; set; } = shift;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
