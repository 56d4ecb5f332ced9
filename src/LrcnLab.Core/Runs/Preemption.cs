namespace LrcnLab.Core.Runs;

/// <param name="StartedAt">Of the present attempt.</param>
public readonly record struct RunningRun(Guid Id, int Priority, DateTime StartedAt);

/// <summary>Which running runs give their slots to waiting ones of higher priority.</summary>
public static class Preemption
{
    /// <param name="waiting">Priorities of the runs that wait, the first in the queue first.</param>
    /// <param name="free">Slots that are free, or are being given back already.</param>
    /// <param name="running">Runs that hold a slot and are not leaving it.</param>
    /// <returns>Pairs of places in <paramref name="waiting"/> and runs that leave for them: the lowest priority first, among equals the one that began last, which loses least.</returns>
    public static IReadOnlyList<(int Waiting, Guid Leaving)> Choose(IReadOnlyList<int> waiting, int free, IEnumerable<RunningRun> running)
    {
        var chosen = new List<(int, Guid)>();
        var left = new Queue<RunningRun>(running.OrderBy(r => r.Priority).ThenByDescending(r => r.StartedAt).ThenBy(r => r.Id));
        for (int i = Math.Max(0, free); i < waiting.Count && left.TryPeek(out RunningRun lowest) && lowest.Priority < waiting[i]; i++)
            chosen.Add((i, left.Dequeue().Id));
        return chosen;
    }
}
