using LrcnLab.Scheduling.Runs;
using Microsoft.Extensions.Logging.Abstractions;

namespace LrcnLab.Scheduling.Tests;

public sealed class RunFeedTests
{
    private readonly RunFeed _feed = new(TimeProvider.System, NullLogger<RunFeed>.Instance);

    [Fact]
    public async Task Publish_WhileASubscriberIsBusy_ArrivesTogetherAfterwards()
    {
        Guid run = Guid.CreateVersion7();
        var calls = new List<RunChange>();
        var release = new TaskCompletionSource();
        var done = new TaskCompletionSource();
        using IDisposable subscription = _feed.Subscribe(run, async change =>
        {
            calls.Add(change);
            await release.Task;
            if (calls.Count == 2)
                done.SetResult();
        });

        _feed.Publish(run, RunParts.State);
        while (calls.Count == 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        for (int step = 1; step <= 1000; step++)
            _feed.Publish(new RunChange(run, RunParts.Metrics, step));
        _feed.Publish(run, RunParts.Log);
        _feed.Publish(Guid.CreateVersion7(), RunParts.State);
        release.SetResult();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal([new RunChange(run, RunParts.State, 0), new RunChange(run, RunParts.Metrics | RunParts.Log, 1000)], calls);
    }

    [Fact]
    public async Task Subscriber_ThatFails_HearsTheNextChange()
    {
        var heard = new TaskCompletionSource<RunChange>();
        int calls = 0;
        using IDisposable subscription = _feed.SubscribeAll(change =>
        {
            if (++calls == 1)
                throw new InvalidOperationException("A page is gone.");
            heard.TrySetResult(change);
            return Task.CompletedTask;
        });
        Guid run = Guid.CreateVersion7();
        _feed.Publish(run, RunParts.State);
        _feed.Publish(run, RunParts.Checkpoints);
        while (calls == 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        _feed.Publish(run, RunParts.Checkpoints);

        Assert.True((await heard.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Parts.HasFlag(RunParts.Checkpoints));
    }
}
