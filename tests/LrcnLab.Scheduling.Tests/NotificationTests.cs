using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.Core.Notifications;
using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Notifications;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>What is told, once each, and what becomes of it on its way to other programs.</summary>
public sealed class NotificationTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();
    private readonly Receiver _receiver = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private WebhookService Webhooks => _lab.Services.GetRequiredService<WebhookService>();

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        _receiver.Dispose();
    }

    [Fact]
    public async Task Runs_AreToldWhenTheyEndWithoutAPerson()
    {
        Guid completed = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(completed, Completed);
        Guid failed = await _lab.LaunchAsync("fail");
        await _lab.WaitForAsync(failed, Failed);
        Guid stopped = await _lab.LaunchAsync("long");
        await _lab.WaitForStepAsync(stopped, 5);
        Assert.Null(await _lab.Runs.StopAsync(stopped, "Enough.", "ada", Cancel));
        await _lab.WaitForAsync(stopped, Stopped);

        List<Notification> told = await _lab.ReadAsync(db => db.Notifications.OrderBy(n => n.Time).ToListAsync(Cancel));
        Assert.Equal([(NotificationKind.RunCompleted, (Guid?)completed, "normal run is completed"), (NotificationKind.RunFailed, failed, "fail run failed")], told.Select(n => (n.Kind, n.RunId, n.Title)));
        Assert.Equal("CUDA out of memory.", told[1].Text);
    }

    [Fact]
    public async Task Run_ThatAGuardOrALimitEnds_IsTold()
    {
        Guid paused = await _lab.LaunchAsync("guarded");
        await _lab.WaitForAsync(paused, Paused);
        Assert.Equal([Queued, Starting, Running, Pausing, Paused], await _lab.StatesAsync(paused));
        Guid limited = await _lab.LaunchAsync("long");
        await _lab.WaitForStepAsync(limited, 5);
        // As the time limit asks.
        Assert.Null(await _lab.Runs.StopAsync(limited, "Its time is over.", null, Cancel));
        await _lab.WaitForAsync(limited, Stopped);

        List<Notification> told = await _lab.ReadAsync(db => db.Notifications.OrderBy(n => n.Time).ThenBy(n => n.Id).ToListAsync(Cancel));
        Assert.Equal([NotificationKind.Guard, NotificationKind.RunPaused, NotificationKind.RunStopped], told.Select(n => n.Kind));
        Assert.Equal("The guard took notice.", told[0].Text);
        Assert.Equal("The guard paused the run.", told[1].Text);
    }

    [Fact]
    public async Task Interruption_IsToldOnlyWhenTheRunDoesNotGoOn()
    {
        Guid id = await _lab.LaunchAsync("silent");
        await _lab.WaitForAsync(id, Interrupted);

        Notification told = await _lab.ReadAsync(db => db.Notifications.SingleAsync(Cancel));
        Assert.Equal(NotificationKind.RunInterrupted, told.Kind);
    }

    [Fact]
    public async Task Webhook_GetsASignedBodyOnce()
    {
        string secret = await AddAsync("hook", NotificationKind.RunCompleted);
        Guid id = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(id, Completed);
        await WaitAsync(() => _receiver.All.Count > 0);
        Guid failed = await _lab.LaunchAsync("fail");
        await _lab.WaitForAsync(failed, Failed);
        await Task.Delay(1500, Cancel);

        Received received = Assert.Single(_receiver.All);
        string expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{received.Timestamp}.{received.Body}")));
        Assert.Equal($"v1={expected}", received.Signature);
        Assert.InRange(received.Timestamp, DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        JsonNode body = JsonNode.Parse(received.Body)!;
        Assert.Equal(("run-completed", "normal run is completed", id, "completed", $"/runs/{id}"), ((string?)body["kind"], (string?)body["title"], (Guid)body["run"]!["id"]!, (string?)body["run"]!["state"], (string?)body["run"]!["path"]));
        Assert.Equal("Default", (string?)body["project"]!["name"]);
        WebhookDelivery delivery = await WaitForDeliveryAsync(d => d.State == DeliveryState.Delivered);
        Assert.Equal((DeliveryState.Delivered, 1, 200, "thanks", received.Delivery), (delivery.State, delivery.Attempts, delivery.Status, delivery.Answer, delivery.Id.ToString()));
    }

    [Fact]
    public async Task Webhook_ThatFails_IsTriedAgainAndGivenUp()
    {
        await AddAsync("hook");
        _receiver.Status = 500;
        Guid id = await _lab.LaunchAsync("normal");
        await _lab.WaitForAsync(id, Completed);
        await WaitAsync(() => _receiver.All.Count == 1);
        WebhookDelivery delivery = await WaitForDeliveryAsync(d => d.LastAttemptAt is not null);
        Assert.Equal((DeliveryState.Pending, 1, 500), (delivery.State, delivery.Attempts, delivery.Status));
        Assert.InRange((delivery.NextAttemptAt - delivery.LastAttemptAt!.Value).TotalSeconds, 9, 12.5);

        // Time passes.
        await _lab.WriteAsync(db => db.WebhookDeliveries.ExecuteUpdateAsync(d => d.SetProperty(x => x.NextAttemptAt, DateTime.UtcNow).SetProperty(x => x.Attempts, WebhookRules.MostAttempts - 1), Cancel));
        delivery = await WaitForDeliveryAsync(d => d.State == DeliveryState.GivenUp);
        Assert.Equal(2, _receiver.All.Count);
        Assert.Single(_receiver.All.Select(r => r.Delivery).Distinct());

        _receiver.Status = 204;
        Assert.True((await Webhooks.SendAgainAsync(delivery.Id, Cancel)).Answer!.IsGood);
        Assert.Equal(DeliveryState.Delivered, (await WaitForDeliveryAsync(_ => true)).State);
    }

    [Fact]
    public async Task Webhook_ThatWaitedWhileTheProgramWasAway_IsSentAtTheNextStart()
    {
        await AddAsync("hook");
        Guid webhook = await _lab.ReadAsync(db => db.Webhooks.Select(w => w.Id).SingleAsync(Cancel));
        await _lab.WriteAsync(db =>
        {
            // One that nobody had taken yet, and one of a program that died before it had noted the answer.
            DateTime soon = DateTime.UtcNow.AddSeconds(2);
            db.WebhookDeliveries.Add(new WebhookDelivery { WebhookId = webhook, Body = "{}", CreatedAt = DateTime.UtcNow, NextAttemptAt = soon });
            db.WebhookDeliveries.Add(new WebhookDelivery { WebhookId = webhook, Body = "{}", State = DeliveryState.Sending, Attempts = 1, CreatedAt = DateTime.UtcNow, NextAttemptAt = soon });
            return Task.CompletedTask;
        });
        await _lab.StopAsync();
        await _lab.StartAsync();

        await WaitAsync(() => _lab.ReadAsync(db => db.WebhookDeliveries.AllAsync(d => d.State == DeliveryState.Delivered, Cancel)));
        Assert.Equal([1, 2], await _lab.ReadAsync(db => db.WebhookDeliveries.Select(d => d.Attempts).OrderBy(a => a).ToListAsync(Cancel)));
        Assert.Equal(2, _receiver.All.Select(r => r.Delivery).Distinct().Count());
        Assert.Equal(2, _receiver.All.Count);
    }

    [Fact]
    public async Task Test_SaysHowItWentAndFollowsNoRedirect()
    {
        await AddAsync("hook");
        Guid id = await _lab.ReadAsync(db => db.Webhooks.Select(w => w.Id).SingleAsync(Cancel));
        Assert.Equal((200, "thanks"), ((await Webhooks.TestAsync(id, Cancel)).Answer!.Status, (await Webhooks.TestAsync(id, Cancel)).Answer!.Answer));
        _receiver.Status = 302;
        WebhookAnswer answer = (await Webhooks.TestAsync(id, Cancel)).Answer!;
        Assert.Equal((302, false), (answer.Status, answer.IsGood));
        Assert.Equal(3, _receiver.All.Count);

        var (elsewhere, _, _) = await Webhooks.AddAsync(new WebhookRequest("nobody", "http://127.0.0.1:9/", [], null), Cancel);
        answer = (await Webhooks.TestAsync(elsewhere!.Value, Cancel)).Answer!;
        Assert.Null(answer.Status);
        Assert.NotEmpty(answer.Answer);
    }

    [Fact]
    public async Task Name_ThatLeadsToAForbiddenAddress_IsNotConnectedTo()
    {
        // As a name that changed its address after it was checked.
        var (id, _, _) = await Webhooks.AddAsync(new WebhookRequest("hook", _receiver.Url, [], null), Cancel);
        await _lab.WriteAsync(db => db.Webhooks.ExecuteUpdateAsync(w => w.SetProperty(x => x.Url, "http://169.254.169.254/latest"), Cancel));

        WebhookAnswer answer = (await Webhooks.TestAsync(id!.Value, Cancel)).Answer!;
        Assert.Null(answer.Status);
        Assert.Contains("link-local", answer.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_OfWhatCannotBe_NamesTheField()
    {
        await AddAsync("hook");
        Assert.Equal("name", (await Webhooks.AddAsync(new WebhookRequest("hook", _receiver.Url, [], null), Cancel)).Problem!.Value.Field);
        Assert.Equal("name", (await Webhooks.AddAsync(new WebhookRequest(" ", _receiver.Url, [], null), Cancel)).Problem!.Value.Field);
        Assert.Equal("url", (await Webhooks.AddAsync(new WebhookRequest("other", "nowhere", [], null), Cancel)).Problem!.Value.Field);
        Assert.Equal("projectId", (await Webhooks.AddAsync(new WebhookRequest("other", _receiver.Url, [], Guid.CreateVersion7()), Cancel)).Problem!.Value.Field);
    }

    private async Task<string> AddAsync(string name, params NotificationKind[] kinds) => (await Webhooks.AddAsync(new WebhookRequest(name, _receiver.Url, kinds, null), Cancel)).Secret!;

    private async Task<WebhookDelivery> WaitForDeliveryAsync(Func<WebhookDelivery, bool> condition)
    {
        WebhookDelivery? found = null;
        await WaitAsync(async () => (found = await _lab.ReadAsync(db => db.WebhookDeliveries.AsNoTracking().OrderByDescending(d => d.CreatedAt).FirstOrDefaultAsync(Cancel))) is { } d && condition(d));
        return found!;
    }

    private static Task WaitAsync(Func<bool> condition) => WaitAsync(() => Task.FromResult(condition()));

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "It never happened.");
            await Task.Delay(50, Cancel);
        }
    }
}
