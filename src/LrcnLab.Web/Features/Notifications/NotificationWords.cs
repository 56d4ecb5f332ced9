using LrcnLab.Core.Notifications;
using LrcnLab.Storage.Entities;

namespace LrcnLab.Web.Features.Notifications;

/// <summary>How pages call kinds of notifications and states of deliveries.</summary>
public static class NotificationWords
{
    /// <summary>Those that somebody may ask for; a test is sent whether asked for or not.</summary>
    public static IReadOnlyList<NotificationKind> Kinds { get; } = [.. Enum.GetValues<NotificationKind>().Where(k => k != NotificationKind.Test)];

    public static string Of(NotificationKind kind) => kind switch
    {
        NotificationKind.RunCompleted => "completed",
        NotificationKind.RunFailed => "failed",
        NotificationKind.RunStopped => "stopped by a limit or guard",
        NotificationKind.RunInterrupted => "interrupted",
        NotificationKind.RunPaused => "paused by a guard",
        NotificationKind.Guard => "guard took notice",
        _ => "test",
    };

    public static string Of(DeliveryState state) => state switch
    {
        DeliveryState.Delivered => "delivered",
        DeliveryState.GivenUp => "given up",
        DeliveryState.Sending => "is being sent",
        _ => "waits",
    };
}
