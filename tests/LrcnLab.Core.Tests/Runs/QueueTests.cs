using CsCheck;
using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

/// <summary>Places in the queue.</summary>
public sealed class QueueTests
{
    private static readonly Gen<QueuePlace> Places = Gen.Select(Gen.Int[-3, 3], Gen.Int[0, 1000], (priority, order) => new QueuePlace(priority, order));

    [Fact]
    public void Between_AnyTwoNeighbours_IsBetweenThem() => Gen.Select(Places, Places.Array[0, 12], Gen.Int[0, 12]).Sample((moved, others, at) =>
    {
        QueuePlace[] queue = Sorted(others.Distinct());
        at = Math.Min(at, queue.Length);
        QueuePlace place = moved.Between(at > 0 ? queue[at - 1] : null, at < queue.Length ? queue[at] : null);

        Assert.Equal([.. queue[..at], place, .. queue[at..]], Sorted([.. queue, place]));
        Assert.Null(QueuePlace.Refusal(place.Priority));
    });

    [Fact]
    public void Between_NeighboursAroundItsPriority_KeepsThePriority() =>
        Assert.Equal(2, new QueuePlace(2, 5).Between(new QueuePlace(4, 1), new QueuePlace(-1, 9)).Priority);

    [Theory]
    [InlineData(-11)]
    [InlineData(11)]
    public void Refusal_OfAPriorityOutside_NamesWhatIsAllowed(int priority) => Assert.Equal($"The priority is {priority}: allowed are -10 (last) to 10 (first).", QueuePlace.Refusal(priority));

    private static QueuePlace[] Sorted(IEnumerable<QueuePlace> places) => [.. places.OrderByDescending(p => p.Priority).ThenBy(p => p.Order)];
}
