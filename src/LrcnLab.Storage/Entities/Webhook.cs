using LrcnLab.Core.Notifications;

namespace LrcnLab.Storage.Entities;

/// <summary>An address to which notifications are sent.</summary>
public sealed class Webhook
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>One of a kind.</summary>
    public required string Name { get; set; }

    public required string Url { get; set; }

    /// <summary>Signs what is sent; shown once, when it is made.</summary>
    public required string Secret { get; set; }

    /// <summary>Empty for all.</summary>
    public List<string> Kinds { get; set; } = [];

    /// <summary>Only of this project; null for all.</summary>
    public Guid? ProjectId { get; set; }

    public bool Enabled { get; set; } = true;
    public required DateTime CreatedAt { get; init; }

    public bool Wants(NotificationKind kind, Guid? project) => Enabled && (Kinds.Count == 0 || Kinds.Contains(kind.ToString())) && (ProjectId is null || ProjectId == project);
}
