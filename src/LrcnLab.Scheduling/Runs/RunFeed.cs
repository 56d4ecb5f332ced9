using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Tells pages that something of a run changed, at most every 200 ms each; what changed meanwhile arrives together. Never blocks the teller.</summary>
public sealed class RunFeed(TimeProvider clock, ILogger<RunFeed> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = [];

    /// <summary>Says at once, to the teller's own thread, which run changed: for what keeps copies and must not be late. Whoever listens only notes it.</summary>
    public event Action<Guid>? Published;

    /// <summary>Calls <paramref name="onChange"/> for the changes of one run, never twice at once, until the result is disposed.</summary>
    public IDisposable Subscribe(Guid runId, Func<RunChange, Task> onChange) => Add(runId, onChange);

    /// <summary>Calls <paramref name="onChange"/> for the changes of every run, one call a run.</summary>
    public IDisposable SubscribeAll(Func<RunChange, Task> onChange) => Add(null, onChange);

    public void Publish(RunChange change)
    {
        if (change.Parts == RunParts.None)
            return;
        Published?.Invoke(change.RunId);
        foreach (Subscription subscription in Volatile.Read(ref _subscriptions))
            subscription.Add(change);
    }

    public void Publish(Guid runId, RunParts parts) => Publish(new RunChange(runId, parts, 0));

    private Subscription Add(Guid? runId, Func<RunChange, Task> onChange)
    {
        var subscription = new Subscription(this, runId, onChange);
        lock (_lock)
            _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock)
            _subscriptions = [.. _subscriptions.Where(s => s != subscription)];
    }

    private sealed class Subscription(RunFeed feed, Guid? runId, Func<RunChange, Task> onChange) : IDisposable
    {
        private readonly Dictionary<Guid, RunChange> _pending = [];
        private bool _running;
        private bool _disposed;

        public void Add(RunChange change)
        {
            if (runId is not null && runId != change.RunId)
                return;
            lock (_pending)
            {
                if (_disposed)
                    return;
                _pending[change.RunId] = _pending.TryGetValue(change.RunId, out RunChange before) ? before.Merge(change) : change;
                if (_running)
                    return;
                _running = true;
            }

            _ = Task.Run(DeliverAsync);
        }

        public void Dispose()
        {
            lock (_pending)
            {
                _disposed = true;
                _pending.Clear();
            }

            feed.Remove(this);
        }

        private async Task DeliverAsync()
        {
            while (Take() is { Length: > 0 } changes)
            {
                foreach (RunChange change in changes)
                {
                    try
                    {
                        await onChange(change);
                    }
                    catch (Exception e)
                    {
                        feed.LogFailure(e, change.RunId);
                    }
                }

                await Task.Delay(Interval, feed.Clock);
            }
        }

        private RunChange[] Take()
        {
            lock (_pending)
            {
                RunChange[] changes = [.. _pending.Values];
                _pending.Clear();
                _running = changes.Length > 0;
                return changes;
            }
        }
    }

    private TimeProvider Clock => clock;

    private void LogFailure(Exception e, Guid runId) => logger.LogWarning(e, "A subscriber to changes of run {RunId} failed", runId);
}
