namespace LrcnLab.Storage.Entities;

/// <summary>Something that people set on a page and that is not in <c>appsettings.json</c>.</summary>
public sealed class Setting
{
    public const string Retention = "retention";

    public required string Key { get; init; }

    /// <summary>As JSON.</summary>
    public required string Value { get; set; }
}
