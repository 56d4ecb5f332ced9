using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class PendingEditsTests
{
    [Fact]
    public void ToEdits_OfSeveralChanges_GroupsThemAndLeavesOutTheDropped()
    {
        PendingEdits edits = PendingEdits.None
            .Relabel([(3, "a"), (1, "a"), (9, null)], "b")
            .Relabel([(2, "b")], "a")
            .Move([(1, Split.Train), (4, Split.Validation)], Split.Validation)
            .Drop([2, 7]);

        Assert.Equal("3 relabelled, 1 moved, 2 dropped", edits.Summary);
        Assert.Collection(
            edits.ToEdits(),
            e => AssertRelabel(e, "b", 1, 3, 9),
            e => Assert.Equal((Split.Validation, "1"), (Assert.IsType<MoveSamples>(e).To, string.Join(',', ((MoveSamples)e).Samples))),
            e => Assert.Equal([2, 7], Assert.IsType<DropSamples>(e).Samples));
    }

    [Fact]
    public void Relabel_BackToTheOldClass_IsNoChange() => Assert.True(PendingEdits.None.Relabel([(5, "a")], "b").Relabel([(5, "a")], "a").IsEmpty);

    [Fact]
    public void Drop_OfAllThatAreDropped_TakesThemBack()
    {
        PendingEdits dropped = PendingEdits.None.Drop([1, 2]);

        Assert.Equal([1, 2, 3], dropped.Drop([2, 3]).Dropped.Order());
        Assert.True(dropped.Drop([1, 2]).IsEmpty);
    }

    private static void AssertRelabel(DatasetEdit edit, string to, params int[] samples)
    {
        RelabelSamples relabel = Assert.IsType<RelabelSamples>(edit);
        Assert.Equal(to, relabel.Class);
        Assert.Equal(samples, relabel.Samples);
    }
}
