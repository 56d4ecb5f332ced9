namespace LrcnLab.Scheduling.Queue;

/// <summary>Hangfire's queues, each with its own workers.</summary>
internal static class QueueNames
{
    /// <summary>Imports and upkeep.</summary>
    public const string Maintenance = "maintenance";

    /// <summary>Slots of one machine that want a run; as many at once as there are slots. Another machine that shares the database must not take them.</summary>
    public static string Train(string node) => "train-" + string.Concat(node.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
