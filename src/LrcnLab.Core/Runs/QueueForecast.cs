namespace LrcnLab.Core.Runs;

/// <param name="Start">Seconds from now.</param>
/// <param name="End">Seconds from now; null when nobody knows how long the run takes.</param>
public readonly record struct ExpectedTimes(double Start, double? End);

/// <summary>When waiting runs are expected to start and to end, if nothing changes.</summary>
public static class QueueForecast
{
    /// <summary>A training step takes about three forward passes, a validated clip takes one.</summary>
    private const double PassesOfTraining = 3;

    /// <summary>Seconds that a run needs.</summary>
    /// <param name="epochs">That it still has to train.</param>
    /// <param name="train">Clips of an epoch.</param>
    /// <param name="validation">Clips validated after each.</param>
    /// <param name="flopsPerClip">Of a forward pass.</param>
    /// <param name="flopsPerSecond">Forward operations of trained clips a second, as another run measured.</param>
    public static double Seconds(double epochs, int train, int validation, long flopsPerClip, double flopsPerSecond) =>
        Math.Max(0, epochs) * (train + validation / PassesOfTraining) * flopsPerClip / flopsPerSecond;

    /// <param name="freeIn">For each slot that takes runs, the seconds until it is free; null when unknown.</param>
    /// <param name="seconds">What each waiting run needs, the next one first; null when unknown.</param>
    /// <returns>For each waiting run; null when its slot is unknown.</returns>
    public static IReadOnlyList<ExpectedTimes?> Of(IEnumerable<double?> freeIn, IEnumerable<double?> seconds)
    {
        var slots = new PriorityQueue<int, (double, int)>(freeIn.Select((time, slot) => (slot, time)).Where(s => s.time is not null).Select(s => (s.slot, (s.time!.Value, s.slot))));
        var expected = new List<ExpectedTimes?>();
        foreach (double? needs in seconds)
        {
            if (!slots.TryDequeue(out int slot, out (double Time, int) place))
            {
                expected.Add(null);
                continue;
            }

            expected.Add(new ExpectedTimes(place.Time, place.Time + needs));
            if (needs is double known)
                slots.Enqueue(slot, (place.Time + known, slot));
        }

        return expected;
    }
}
