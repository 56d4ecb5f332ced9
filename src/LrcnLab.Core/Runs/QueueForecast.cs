using LrcnLab.Core.Specs;

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

    /// <param name="freeIn">For each slot that takes runs, its kind and the seconds until it is free; null when unknown.</param>
    /// <param name="runs">Kind and number of the slots that each waiting run needs, and for how long, the next one first; null when unknown.</param>
    /// <returns>For each waiting run; null when its slots are unknown.</returns>
    public static IReadOnlyList<ExpectedTimes?> Of(IEnumerable<(DeviceKind Kind, double? Seconds)> freeIn, IEnumerable<(DeviceKind Kind, int Slots, double? Seconds)> runs)
    {
        var kinds = freeIn.Where(s => s.Seconds is not null).GroupBy(s => s.Kind)
            .ToDictionary(g => g.Key, g => new PriorityQueue<double, double>(g.Select(s => (s.Seconds!.Value, s.Seconds!.Value))));
        var expected = new List<ExpectedTimes?>();
        foreach (var (kind, slots, seconds) in runs)
        {
            if (!kinds.TryGetValue(kind, out PriorityQueue<double, double>? free) || free.Count < slots)
            {
                expected.Add(null);
                continue;
            }

            double start = 0;
            for (int i = 0; i < slots; i++)
                start = free.Dequeue();
            expected.Add(new ExpectedTimes(start, start + seconds));
            if (seconds is double known)
                free.EnqueueRange(Enumerable.Repeat((start + known, start + known), slots));
        }

        return expected;
    }
}
