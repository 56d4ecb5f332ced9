namespace LrcnLab.Scheduling.Runs;

/// <summary>Watches whether a worker keeps its promises. Safe for several threads.</summary>
internal sealed class CheckInClock(TimeProvider clock, TimeSpan grace, TimeSpan firstSign)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    private long _due = clock.GetUtcNow().Add(firstSign).Ticks;

    /// <summary>A promise in seconds as it counts: not negative, not for ever.</summary>
    public static double Bounded(double seconds) => double.IsFinite(seconds) ? Math.Clamp(seconds, 0, Longest.TotalSeconds) : Longest.TotalSeconds;

    /// <summary>The worker says when it will be heard of again.</summary>
    public void Promise(double seconds) => Interlocked.Exchange(ref _due, clock.GetUtcNow().AddSeconds(Bounded(seconds)).Ticks);

    /// <summary>The worker said something else; that it will do so again within this time is only fair to expect.</summary>
    public void Heard(TimeSpan patience)
    {
        long due = clock.GetUtcNow().Add(patience).Ticks;
        if (due > Interlocked.Read(ref _due))
            Interlocked.Exchange(ref _due, due);
    }

    /// <summary>How long the worker has been silent beyond its promise and the grace; null while all is well.</summary>
    public TimeSpan? Overdue()
    {
        var late = TimeSpan.FromTicks(clock.GetUtcNow().Ticks - Interlocked.Read(ref _due));
        return late > grace ? late : null;
    }
}
