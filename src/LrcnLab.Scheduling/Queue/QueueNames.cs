namespace LrcnLab.Scheduling.Queue;

/// <summary>Hangfire's queues, each with its own workers.</summary>
internal static class QueueNames
{
    /// <summary>Runs; as many at once as there are slots.</summary>
    public const string Train = "train";

    /// <summary>Imports and upkeep.</summary>
    public const string Maintenance = "maintenance";
}
