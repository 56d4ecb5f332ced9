using LrcnLab.Core.Metrics;
using Xunit;

namespace LrcnLab.Core.Tests.Metrics;

public sealed class ClassAveragesTests
{
    [Fact]
    public void Of_ThreeClassesAndOneThatNeverOccurs_AreThoseOfScikitLearn()
    {
        // y_true 0 0 0 0 1 1 2, y_pred 0 0 0 1 1 2 2, labels 0..2.
        ClassAverages averages = ClassAverages.Of([[3, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]]);

        Assert.Equal(2.0 / 3, averages.MacroPrecision, 1e-9);
        Assert.Equal((0.75 + 0.5 + 1) / 3, averages.MacroRecall, 1e-9);
        Assert.Equal((6.0 / 7 + 0.5 + 2.0 / 3) / 3, averages.MacroF1, 1e-9);
        Assert.Equal((4 * 1 + 2 * 0.5 + 1 * 0.5) / 7, averages.WeightedPrecision, 1e-9);
        Assert.Equal((4 * 6.0 / 7 + 2 * 0.5 + 1 * 2.0 / 3) / 7, averages.WeightedF1, 1e-9);
    }
}
