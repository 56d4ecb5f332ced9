using LrcnLab.Core.Runs;

namespace LrcnLab.Core.Notifications;

/// <summary>Which moves of a run are told.</summary>
public static class RunNotices
{
    /// <param name="to">Where the run is when all moves of one write are done.</param>
    /// <param name="person">Who asked for the move; null when nobody did.</param>
    /// <param name="pausesByItself">It waits for somebody, though nobody asked it to.</param>
    /// <returns>Null when it is not worth telling.</returns>
    public static NotificationKind? Of(RunState to, string? person, bool pausesByItself) => to switch
    {
        RunState.Completed => NotificationKind.RunCompleted,
        RunState.Failed => NotificationKind.RunFailed,
        RunState.Stopped when person is null => NotificationKind.RunStopped,
        RunState.Interrupted => NotificationKind.RunInterrupted,
        RunState.Paused when pausesByItself => NotificationKind.RunPaused,
        _ => null,
    };

    /// <summary>A line for lists.</summary>
    public static string Title(NotificationKind kind, string run) => kind switch
    {
        NotificationKind.RunCompleted => $"{run} is completed",
        NotificationKind.RunFailed => $"{run} failed",
        NotificationKind.RunStopped => $"{run} was stopped",
        NotificationKind.RunInterrupted => $"{run} is interrupted and waits for somebody",
        NotificationKind.RunPaused => $"{run} was paused",
        NotificationKind.Guard => $"A guard of {run}",
        _ => "A test",
    };
}
