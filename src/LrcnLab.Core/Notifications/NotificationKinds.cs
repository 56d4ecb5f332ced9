using System.Text.Json;

namespace LrcnLab.Core.Notifications;

/// <summary>The words for kinds in addresses, in the API and in what webhooks get.</summary>
public static class NotificationKinds
{
    /// <summary>Such as <c>run-completed</c>.</summary>
    public static string Word(this NotificationKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    /// <summary>Null when no kind is called so.</summary>
    public static NotificationKind? Parse(string? word) =>
        Enum.GetValues<NotificationKind>().Where(k => string.Equals(k.Word(), word, StringComparison.OrdinalIgnoreCase)).Select(k => (NotificationKind?)k).FirstOrDefault();
}
