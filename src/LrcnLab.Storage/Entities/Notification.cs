using LrcnLab.Core.Notifications;

namespace LrcnLab.Storage.Entities;

/// <summary>Something that people are told. Written together with what it tells of.</summary>
public sealed class Notification
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required NotificationKind Kind { get; init; }
    public required DateTime Time { get; init; }
    public required string Title { get; init; }
    public required string Text { get; init; }

    /// <summary>The run may be gone.</summary>
    public Guid? RunId { get; init; }

    public Guid? ProjectId { get; init; }

    /// <summary>Null while nobody has read it.</summary>
    public DateTime? ReadAt { get; set; }
}
