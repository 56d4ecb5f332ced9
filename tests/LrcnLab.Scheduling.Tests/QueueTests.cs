using LrcnLab.Core.Runs;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Scheduling.Tests;

/// <summary>Who starts next, who leaves, and what keeps runs away.</summary>
public sealed class QueueTests : IAsyncLifetime
{
    private readonly TestLab _lab = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private QueueService Queue => _lab.Services.GetRequiredService<QueueService>();

    public async ValueTask InitializeAsync() => await _lab.StartAsync();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Runs_OfSeveralPriorities_StartInTheirOrder()
    {
        Assert.Null(await Queue.HoldAsync(null, null, Cancel));
        Guid low = await _lab.LaunchAsync("normal", -1), first = await _lab.LaunchAsync("normal"), second = await _lab.LaunchAsync("normal"), high = await _lab.LaunchAsync("normal", 7);
        await Task.Delay(500, Cancel);
        Assert.All(await _lab.ReadAsync(db => db.Runs.Select(r => r.State).ToListAsync(Cancel)), state => Assert.Equal(Queued, state));

        Assert.Null(await Queue.ReleaseAsync(null, null, Cancel));
        foreach (Guid id in (Guid[])[high, first, second, low])
            await _lab.WaitForAsync(id, Completed);
        Assert.Equal([high, first, second, low], await StartedAsync());
    }

    [Fact]
    public async Task HigherPriority_TakesTheSlotAndTheOtherGoesOnAfterwards()
    {
        Guid low = await _lab.LaunchAsync("long");
        long step = (await _lab.WaitForStepAsync(low, 25)).Step;
        Guid equal = await _lab.LaunchAsync("normal"), high = await _lab.LaunchAsync("normal", 3);
        await _lab.WaitForAsync(high, Completed);
        await _lab.WaitForStepAsync(low, step + 1);

        Assert.Equal([Queued, Starting, Running, Pausing, Paused, Queued, Starting, Running], await _lab.StatesAsync(low));
        Assert.Contains("Gives its slot to \"normal run\", whose priority 3 is above 0.", await _lab.CausesAsync(low));
        Assert.Equal(2, _lab.Starts(low).Length);
        // It had waited longer than its equal, and kept its place.
        Assert.Equal(Queued, (await _lab.RunAsync(equal)).State);
        Assert.False((await _lab.RunAsync(low)).Yields);
        long[] steps = (await _lab.LossAsync(low)).Steps;
        Assert.Equal(Enumerable.Range(1, steps.Length).Select(s => (long)s), steps);
    }

    [Fact]
    public async Task Pause_OfARunThatIsLeaving_KeepsItPaused()
    {
        Guid low = await _lab.LaunchAsync("long");
        await _lab.WaitForStepAsync(low, 5);
        Guid high = await _lab.LaunchAsync("long", 1);
        await _lab.WaitUntilAsync(low, r => r.State != Running, "leaving");
        string? refusal = await _lab.Runs.PauseAsync(low, "For good.", null, Cancel);

        Assert.Null(refusal);
        await _lab.WaitForStepAsync(high, 5);
        Assert.Null(await _lab.Runs.CancelAsync(high, "Enough.", null, Cancel));
        await _lab.WaitForFreeSlotAsync(high);
        await Task.Delay(500, Cancel);
        Assert.Equal(Paused, (await _lab.RunAsync(low)).State);
    }

    [Fact]
    public async Task DrainedSlot_LetsItsRunEndAndTakesNoOther()
    {
        Guid busy = await _lab.LaunchAsync("normal");
        await _lab.WaitForStepAsync(busy, 1);
        Assert.Null(await Queue.HoldAsync(Environment.MachineName, 0, Cancel));
        Guid waiting = await _lab.LaunchAsync("normal", 10);
        await _lab.WaitForAsync(busy, Completed);
        await _lab.WaitForFreeSlotAsync(busy);
        await Task.Delay(2500, Cancel);
        Assert.Equal(Queued, (await _lab.RunAsync(waiting)).State);

        await _lab.StopAsync();
        await _lab.StartAsync();
        await Task.Delay(1000, Cancel);
        Assert.Equal(Queued, (await _lab.RunAsync(waiting)).State);
        Assert.Null(await Queue.ReleaseAsync(Environment.MachineName, 0, Cancel));
        await _lab.WaitForAsync(waiting, Completed);
        Assert.Contains("There is no slot 3", await Queue.HoldAsync(Environment.MachineName, 3, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moved_WithinAndAcrossPriorities_StartsWhereItWasPut()
    {
        await Queue.HoldAsync(null, null, Cancel);
        Guid a = await _lab.LaunchAsync("normal", 5), b = await _lab.LaunchAsync("normal"), c = await _lab.LaunchAsync("normal"), d = await _lab.LaunchAsync("normal");
        Assert.Null(await Queue.MoveBeforeAsync(d, a, Cancel));
        Assert.Null(await Queue.MoveBeforeAsync(b, null, Cancel));
        Assert.Equal([d, a, c, b], await WaitingAsync());
        Assert.Equal(5, (await _lab.RunAsync(d)).Priority);
        Assert.Null(await Queue.SetPriorityAsync(c, 10, Cancel));
        Assert.Equal([c, d, a, b], await WaitingAsync());

        Assert.Contains("allowed are -10", await Queue.SetPriorityAsync(c, 11, Cancel), StringComparison.Ordinal);
        Assert.Contains("does not wait", await Queue.MoveBeforeAsync(c, Guid.CreateVersion7(), Cancel), StringComparison.Ordinal);
        Assert.Contains("There is no run", await Queue.MoveBeforeAsync(Guid.CreateVersion7(), null, Cancel), StringComparison.Ordinal);
        await _lab.Runs.CancelAsync(a, "No.", null, Cancel);
        Assert.Contains("canceled", await Queue.MoveBeforeAsync(a, null, Cancel), StringComparison.Ordinal);
        Assert.Contains("canceled", await Queue.SetPriorityAsync(a, 1, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoSlots_AndManyRuns_AreNeverIdleAndKeepTheOrder()
    {
        await _lab.StopAsync();
        _lab.Options = _lab.Options with { Slots = 2 };
        await _lab.StartAsync();
        await Queue.HoldAsync(null, null, Cancel);
        var runs = new List<(Guid Id, int Priority)>();
        for (int i = 0; i < 12; i++)
            runs.Add((await _lab.LaunchAsync("normal", i % 3), i % 3));
        await Queue.ReleaseAsync(null, null, Cancel);
        foreach (var (id, _) in runs)
            await _lab.WaitForAsync(id, Completed);

        Assert.Equal(runs.OrderByDescending(r => r.Priority).Select(r => r.Id), await StartedAsync());
    }

    private Task<List<Guid>> StartedAsync() => _lab.ReadAsync(db => db.RunStateChanges.Where(c => c.To == Starting).OrderBy(c => c.Id).Select(c => c.RunId).ToListAsync(Cancel));

    private Task<List<Guid>> WaitingAsync() => _lab.ReadAsync(db => WaitingRuns.Of(db).Select(r => r.Id).ToListAsync(Cancel));
}
