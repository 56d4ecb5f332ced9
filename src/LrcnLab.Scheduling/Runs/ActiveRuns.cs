namespace LrcnLab.Scheduling.Runs;

/// <summary>The runs that this process looks after at the moment. A lease of this server without an entry here was left by a fault.</summary>
internal sealed class ActiveRuns
{
    private readonly Lock _lock = new();
    private readonly List<Guid> _runs = [];

    public bool Contains(Guid runId)
    {
        lock (_lock)
            return _runs.Contains(runId);
    }

    public bool Any()
    {
        lock (_lock)
            return _runs.Count > 0;
    }

    /// <summary>Enters the run until the result is disposed; the same run may be entered twice.</summary>
    public IDisposable Enter(Guid runId)
    {
        lock (_lock)
            _runs.Add(runId);
        return new Entry(this, runId);
    }

    private sealed class Entry(ActiveRuns owner, Guid runId) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
                owner._runs.Remove(runId);
        }
    }
}
