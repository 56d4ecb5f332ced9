namespace LrcnLab.Core.Notifications;

/// <summary>What is worth telling somebody who is not looking.</summary>
public enum NotificationKind
{
    RunCompleted,
    RunFailed,

    /// <summary>By a limit or a guard; what a person stops, the person knows.</summary>
    RunStopped,

    /// <summary>And it does not go on by itself any more.</summary>
    RunInterrupted,

    /// <summary>By a guard.</summary>
    RunPaused,

    /// <summary>A guard took notice, or lowered the learning rate.</summary>
    Guard,

    /// <summary>Somebody tries whether a webhook arrives.</summary>
    Test,
}
