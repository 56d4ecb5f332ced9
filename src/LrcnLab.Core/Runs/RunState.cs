namespace LrcnLab.Core.Runs;

/// <summary>Where a run stands. Moves between states are in <see cref="RunTransitions"/>.</summary>
public enum RunState
{
    /// <summary>Being written; never started.</summary>
    Draft,

    /// <summary>Waits for a slot.</summary>
    Queued,

    /// <summary>Has a slot; its worker process is loading.</summary>
    Starting,

    /// <summary>Its worker trains.</summary>
    Running,

    /// <summary>Asked to pause; the worker writes a checkpoint.</summary>
    Pausing,

    /// <summary>Holds no slot and continues from its checkpoint when resumed.</summary>
    Paused,

    /// <summary>Asked to stop; the worker finishes the step and writes a checkpoint.</summary>
    Stopping,

    /// <summary>Trained all its epochs.</summary>
    Completed,

    /// <summary>Ended early on request, with what it had learned.</summary>
    Stopped,

    /// <summary>Ended by a fault that its reason names.</summary>
    Failed,

    /// <summary>Ended on request without waiting for a checkpoint.</summary>
    Canceled,

    /// <summary>Its worker or the server went away; continues from its last checkpoint when resumed.</summary>
    Interrupted,
}
