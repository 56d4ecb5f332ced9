using System.Text.Json;
using LrcnLab.Core;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal static class JsonColumn
{
    /// <summary>Keeps a value that is never queried as JSON text; NaN and infinities survive.</summary>
    public static PropertyBuilder<T> HasJson<T>(this PropertyBuilder<T> property) => property.HasConversion(
        value => JsonSerializer.Serialize(value, LabJson.Options),
        text => JsonSerializer.Deserialize<T>(text, LabJson.Options)!,
        new ValueComparer<T>(
            (a, b) => JsonSerializer.Serialize(a, LabJson.Options) == JsonSerializer.Serialize(b, LabJson.Options),
            value => JsonSerializer.Serialize(value, LabJson.Options).GetHashCode(StringComparison.Ordinal),
            value => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, LabJson.Options), LabJson.Options)!));
}
