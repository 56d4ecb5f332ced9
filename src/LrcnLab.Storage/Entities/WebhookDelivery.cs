namespace LrcnLab.Storage.Entities;

public enum DeliveryState
{
    /// <summary>To be sent, for the first time or again.</summary>
    Pending,

    /// <summary>Somebody sends it now. Past its time, that somebody is gone and it is to be sent again.</summary>
    Sending,
    Delivered,

    /// <summary>Tried as often as is allowed.</summary>
    GivenUp,
}

/// <summary>A notification on its way to a webhook. It may arrive more than once, always with the same id.</summary>
public sealed class WebhookDelivery
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid WebhookId { get; init; }
    public Webhook Webhook { get; init; } = null!;

    /// <summary>JSON, as it is sent.</summary>
    public required string Body { get; init; }

    public DeliveryState State { get; set; } = DeliveryState.Pending;
    public int Attempts { get; set; }
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it is to be sent next; while somebody sends it, when it may be taken for lost.</summary>
    public required DateTime NextAttemptAt { get; set; }

    public DateTime? LastAttemptAt { get; set; }

    /// <summary>HTTP status of the last answer; null when there was none.</summary>
    public int? Status { get; set; }

    /// <summary>Why the last attempt failed, or the beginning of the answer.</summary>
    public string? Answer { get; set; }

    public int? Milliseconds { get; set; }
}
