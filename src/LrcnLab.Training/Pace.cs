namespace LrcnLab.Training;

/// <summary>Speed and time left of the running attempt.</summary>
internal sealed class Pace(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private long _windowStart = clock.GetTimestamp();
    private long _windowClips;
    private double _secondsPerStep;
    private long _steps;

    /// <summary>Of the last second or step, whichever is longer; null until the first such window has passed.</summary>
    public double? ClipsPerSecond { get; private set; }

    /// <summary>The longest step so far, which bounds how long silence may last.</summary>
    public double SlowestStep { get; private set; }

    public double ValidationSeconds { get; set; }

    /// <summary>Forgets the running window, after something else than training took time.</summary>
    public void Restart() => (_windowStart, _windowClips) = (clock.GetTimestamp(), 0);

    public void StepDone(int clips, double seconds)
    {
        SlowestStep = Math.Max(SlowestStep, seconds);
        _steps++;
        // Mean at first, later a moving one; the first step is slower than all others and counts once.
        _secondsPerStep += (seconds - _secondsPerStep) / Math.Min(_steps, 100);
        _windowClips += clips;
        TimeSpan elapsed = clock.GetElapsedTime(_windowStart);
        if (elapsed < Window)
            return;
        ClipsPerSecond = _windowClips / elapsed.TotalSeconds;
        Restart();
    }

    /// <summary>Null before the first step.</summary>
    public double? SecondsLeft(long steps, int validations) => _steps == 0 ? null : steps * _secondsPerStep + validations * ValidationSeconds;
}
