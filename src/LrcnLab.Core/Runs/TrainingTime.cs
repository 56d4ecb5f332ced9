namespace LrcnLab.Core.Runs;

/// <summary>When a run trained, from its changes of state.</summary>
public static class TrainingTime
{
    /// <summary>Stretches between two times of training in which it did not train: it waited, was paused, or had no worker.</summary>
    /// <param name="changes">By time: when, and the state from then on.</param>
    public static IReadOnlyList<(DateTime From, DateTime To)> Pauses(IEnumerable<(DateTime Time, RunState To)> changes)
    {
        var pauses = new List<(DateTime, DateTime)>();
        DateTime? ended = null;
        bool trained = false;
        foreach (var (time, state) in changes)
        {
            // Its checkpoint is written while it pauses or stops, which is work of the run.
            bool trains = state is RunState.Running or RunState.Pausing or RunState.Stopping;
            if (trains && ended is DateTime from)
                pauses.Add((from, time));
            if (trains)
                (ended, trained) = (null, true);
            else if (trained)
                ended ??= time;
        }

        return pauses;
    }
}
