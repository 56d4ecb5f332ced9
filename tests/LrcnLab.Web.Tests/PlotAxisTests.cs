using LrcnLab.Web.Components.Charts;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class PlotAxisTests
{
    [Fact]
    public void Numbers_LieBetweenTheLowestAndTheHighest()
    {
        PlotAxis axis = PlotAxis.Of("x", [(2, "2"), null, (4, "4"), (double.NaN, "NaN")]);

        Assert.Equal((0, 0.5, 1), (axis.Position(2, "2"), axis.Position(3, "3"), axis.Position(4, "4")));
        Assert.Null(axis.Position(double.NaN, "NaN"));
        Assert.Null(axis.Position(null, "word"));
        Assert.Equal(["2", "2.5", "3", "3.5", "4"], axis.Ticks.Select(t => t.Label));
    }

    [Fact]
    public void ManyPowersOfTen_LieByTheirLogarithm()
    {
        PlotAxis axis = PlotAxis.Of("rate", [(1e-5, ""), (1e-3, "")]);

        Assert.True(axis.Log);
        Assert.Equal(0.5, axis.Position(1e-4, "")!.Value, 9);
        Assert.Equal(["1e-5", "1e-4", "0.001"], axis.Ticks.Select(t => t.Label));
        Assert.False(PlotAxis.Of("rate", [(0, ""), (1e-3, "")]).Log);
    }

    [Fact]
    public void Words_LieSideBySide_AndNumbersAmongThemAreWords()
    {
        PlotAxis axis = PlotAxis.Of("kind", [(null, "lstm"), (null, "gru"), (3, "3")]);

        Assert.Equal(["3", "gru", "lstm"], axis.Words);
        Assert.Equal((0, 0.5, 1), (axis.Position(3, "3"), axis.Position(null, "gru"), axis.Position(null, "lstm")));
        Assert.Equal(2, axis.Value(null, "lstm"));
        Assert.Null(axis.Position(null, "other"));
    }

    [Fact]
    public void NothingAndOneValue_HaveAnAxisToo()
    {
        Assert.Empty(PlotAxis.Of("x", []).Words);
        Assert.Equal(0.5, PlotAxis.Of("x", [(7, "7")]).Position(7, "7")!.Value, 9);
        Assert.Equal(0.5, PlotAxis.Of("x", [(null, "only")]).Position(null, "only"));
        Assert.NotEmpty(PlotAxis.Of("x", [(0, "0")]).Ticks);
    }
}
