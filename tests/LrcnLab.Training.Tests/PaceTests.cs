using LrcnLab.Core.Metrics;
using Xunit;

namespace LrcnLab.Training.Tests;

public sealed class PaceTests
{
    [Fact]
    public void Metrics_OfEpochsShorterThanTheWindow_CountTrainingOnly()
    {
        var clock = new Clock();
        var pace = new Pace(clock);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            for (int step = 0; step < 4; step++)
            {
                clock.Milliseconds += 100;
                pace.StepDone(new StepResult(1, 0, 1, [1, 2, 3], 30, new StepTimes(1, 2, 3, 4)));
            }

            // Validation.
            clock.Milliseconds += 5000;
            pace.Restart();
        }

        Assert.Equal(30, pace.Metrics[MetricKeys.ClipsPerSecond], 1e-9);
        Assert.Equal(300, pace.Metrics[MetricKeys.FramesPerSecond], 1e-9);
    }

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
