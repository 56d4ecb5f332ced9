using LrcnLab.Core.Metrics;

namespace LrcnLab.Training;

/// <summary>Speed and time left of the running attempt.</summary>
internal sealed class Pace(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private long _since = clock.GetTimestamp();
    private TimeSpan _elapsed;
    private readonly List<StepResult> _window = [];
    private double _secondsPerStep;
    private long _steps;

    /// <summary>Of the steps of the last second of training, or of the last step when it took longer; empty until the first such window has passed.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; private set; } = new Dictionary<string, double>();

    /// <summary>Seconds of the longest step so far, which bounds how long silence may last.</summary>
    public double SlowestStep { get; private set; }

    public double ValidationSeconds { get; set; }

    /// <summary>Call after something else than training took time, which then does not count.</summary>
    public void Restart() => _since = clock.GetTimestamp();

    public void StepDone(StepResult result)
    {
        double seconds = result.Times.Total / 1000;
        SlowestStep = Math.Max(SlowestStep, seconds);
        _steps++;
        // Mean at first, later a moving one; the first step is slower than all others and counts once.
        _secondsPerStep += (seconds - _secondsPerStep) / Math.Min(_steps, 100);
        _window.Add(result);
        long now = clock.GetTimestamp();
        _elapsed += clock.GetElapsedTime(_since, now);
        _since = now;
        if (_elapsed < Window)
            return;
        Metrics = new Dictionary<string, double>
        {
            [MetricKeys.ClipsPerSecond] = _window.Sum(s => s.Samples.Count) / _elapsed.TotalSeconds,
            [MetricKeys.FramesPerSecond] = _window.Sum(s => s.Frames) / _elapsed.TotalSeconds,
            [MetricKeys.DataTime] = _window.Average(s => s.Times.Data),
            [MetricKeys.ForwardTime] = _window.Average(s => s.Times.Forward),
            [MetricKeys.BackwardTime] = _window.Average(s => s.Times.Backward),
            [MetricKeys.OptimizerTime] = _window.Average(s => s.Times.Optimizer),
            [MetricKeys.ProcessMemory] = ProcessMemory.Bytes,
        };
        _elapsed = TimeSpan.Zero;
        _window.Clear();
    }

    /// <summary>Null before the first step.</summary>
    public double? SecondsLeft(long steps, int validations) => _steps == 0 ? null : steps * _secondsPerStep + validations * ValidationSeconds;
}
