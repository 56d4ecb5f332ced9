using LrcnLab.Core.Metrics;
using Xunit;

namespace LrcnLab.Core.Tests.Metrics;

public sealed class ClassScoresTests
{
    /// <summary>Class 0: 6 samples, 3 right, 4 called so; class 2: 2 samples, 1 right, 4 called so.</summary>
    [Fact]
    public void Of_AKnownMatrix_IsAsCountedByHand()
    {
        IReadOnlyList<ClassScore> scores = ClassScores.Of([[3, 0, 3], [0, 2, 0], [1, 0, 1]]);

        Assert.Equal([0.75, 1, 0.25], scores.Select(s => s.Precision));
        Assert.Equal([0.5, 1, 0.5], scores.Select(s => s.Recall));
        Assert.Equal(0.6, scores[0].F1, 15);
        Assert.Equal(1 / 3.0, scores[2].F1, 15);
        Assert.Equal([6, 2, 2], scores.Select(s => s.Support));
        Assert.Equal([2, null, 0], scores.Select(s => s.MostConfused));
    }

    [Fact]
    public void Of_AClassThatWasNeitherThereNorCalled_IsZeroAndNotNaN() =>
        Assert.Equal(new ClassScore(1, 0, 0, 0, 0, null), ClassScores.Of([[2, 0], [0, 0]])[1]);

    [Fact]
    public void Of_OneClass_HasNothingToConfuseItWith() => Assert.Equal(new ClassScore(0, 1, 1, 1, 5, null), Assert.Single(ClassScores.Of([[5]])));

    [Fact]
    public void Of_Nothing_IsNothing() => Assert.Empty(ClassScores.Of([]));
}
