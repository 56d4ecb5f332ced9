using System.Globalization;
using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

public sealed class QueueForecastTests
{
    [Fact]
    public void Of_TwoSlots_EachRunTakesTheOneThatIsFreeFirst() =>
        Assert.Equal("5-15 10-110 15-16 16-36", Words([10, 5], [10, 100, 1, 20]));

    [Fact]
    public void Of_ARunOfUnknownLength_StartsInTimeAndKeepsItsSlotFromTheForecast() =>
        Assert.Equal("0-? 30-31 31-33 33-? ?", Words([0, 30], [null, 1, 2, null, 4]));

    [Fact]
    public void Of_UnknownSlots_SaysNothing() => Assert.Equal("? ?", Words([null], [1, 2]));

    [Fact]
    public void Seconds_OfAModelTwiceAsLarge_AreTwiceAsMany()
    {
        double seconds = QueueForecast.Seconds(epochs: 10, train: 300, validation: 300, flopsPerClip: 1000, flopsPerSecond: 1_000_000);
        Assert.Equal(4, seconds, 1e-9);
        Assert.Equal(8, QueueForecast.Seconds(10, 300, 300, 2000, 1_000_000), 1e-9);
        Assert.Equal(0, QueueForecast.Seconds(-1, 300, 300, 2000, 1_000_000));
    }

    private static string Words(double?[] freeIn, double?[] seconds) =>
        string.Join(' ', QueueForecast.Of(freeIn, seconds).Select(e => e is { } times ? $"{times.Start}-{times.End?.ToString(CultureInfo.InvariantCulture) ?? "?"}" : "?"));
}
