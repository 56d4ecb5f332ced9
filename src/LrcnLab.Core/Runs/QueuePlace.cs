namespace LrcnLab.Core.Runs;

/// <summary>Where a run waits: the highest priority first, among equals the smallest order.</summary>
/// <param name="Priority">From <see cref="Lowest"/> to <see cref="Highest"/>; a run with a higher one takes the slot of a running one with a lower.</param>
/// <param name="Order">Seconds since 1970 of queueing, until somebody moves the run.</param>
public readonly record struct QueuePlace(int Priority, double Order)
{
    public const int Lowest = -10, Normal = 0, Highest = 10;

    /// <summary>At the end of its priority.</summary>
    public static QueuePlace Last(int priority, DateTime now) => new(priority, (now - DateTime.UnixEpoch).TotalSeconds);

    /// <summary>Null when the priority is allowed, else a sentence that names it and what is.</summary>
    public static string? Refusal(int priority) => priority is >= Lowest and <= Highest ? null : $"The priority is {priority}: allowed are {Lowest} (last) to {Highest} (first).";

    /// <summary>A place between two neighbours of the queue; the priority changes only as far as that needs.</summary>
    /// <param name="previous">Null at the beginning.</param>
    /// <param name="next">Null at the end.</param>
    public QueuePlace Between(QueuePlace? previous, QueuePlace? next)
    {
        int priority = Math.Clamp(Priority, next?.Priority ?? Lowest, previous?.Priority ?? Highest);
        double? after = previous is { } p && p.Priority == priority ? p.Order : null, before = next is { } n && n.Priority == priority ? n.Order : null;
        return new QueuePlace(priority, (after, before) switch
        {
            (double a, double b) => a + (b - a) / 2,
            (double a, null) => a + 1,
            (null, double b) => b - 1,
            _ => Order,
        });
    }
}
