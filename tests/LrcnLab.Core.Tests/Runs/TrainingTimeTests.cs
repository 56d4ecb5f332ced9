using LrcnLab.Core.Runs;
using Xunit;
using static LrcnLab.Core.Runs.RunState;

namespace LrcnLab.Core.Tests.Runs;

public sealed class TrainingTimeTests
{
    private static readonly DateTime Start = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Pauses_FromTheEndOfTrainingToItsNextBeginning() => Assert.Equal(
        [(At(4), At(9)), (At(12), At(14))],
        TrainingTime.Pauses([(At(0), Queued), (At(1), Starting), (At(2), Running), (At(3), Pausing), (At(4), Paused), (At(7), Queued), (At(8), Starting), (At(9), Running), (At(12), Interrupted), (At(12.5), Queued), (At(13), Starting), (At(14), Running), (At(20), Stopping), (At(21), Stopped)]));

    [Theory]
    [InlineData(Queued)]
    [InlineData(Running)]
    public void Pauses_OfARunThatNeverStopped_AreNone(RunState state) => Assert.Empty(TrainingTime.Pauses([(At(0), Queued), (At(1), state)]));

    private static DateTime At(double minute) => Start.AddMinutes(minute);
}
