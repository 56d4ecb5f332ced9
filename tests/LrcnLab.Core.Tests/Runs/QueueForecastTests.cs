using System.Globalization;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
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
    public void Of_ARunOfTwoSlots_StartsWhenBothAreFreeAndBlocksBoth()
    {
        var cpu = DeviceKind.Cpu;
        var expected = QueueForecast.Of([(cpu, 10), (cpu, 40), (DeviceKind.Cuda, 0)], [(cpu, 2, 5), (cpu, 1, 1), (DeviceKind.Cuda, 1, 3), (DeviceKind.Cuda, 2, 1)]);
        Assert.Equal([new(40, 45), new(45, 46), new(0, 3), null], expected);
    }

    [Fact]
    public void Seconds_OfAModelTwiceAsLarge_AreTwiceAsMany()
    {
        double seconds = QueueForecast.Seconds(epochs: 10, train: 300, validation: 300, flopsPerClip: 1000, flopsPerSecond: 1_000_000);
        Assert.Equal(4, seconds, 1e-9);
        Assert.Equal(8, QueueForecast.Seconds(10, 300, 300, 2000, 1_000_000), 1e-9);
        Assert.Equal(0, QueueForecast.Seconds(-1, 300, 300, 2000, 1_000_000));
    }

    private static string Words(double?[] freeIn, double?[] seconds) =>
        string.Join(' ', QueueForecast.Of(freeIn.Select(f => (DeviceKind.Cpu, f)), seconds.Select(n => (DeviceKind.Cpu, 1, n))).Select(e => e is { } times ? $"{times.Start}-{times.End?.ToString(CultureInfo.InvariantCulture) ?? "?"}" : "?"));
}
