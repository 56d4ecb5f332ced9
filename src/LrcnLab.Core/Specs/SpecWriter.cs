using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;

namespace LrcnLab.Core.Specs;

/// <summary>Specification to JSON tree: every declared field, in declared order.</summary>
public static class SpecWriter
{
    public static JsonObject Write(RunSpec spec) => Section(spec, SpecField.All);

    /// <summary>The JSON form of one field's value.</summary>
    public static JsonNode? Value(SpecField field, object? value) => field.Kind switch
    {
        FieldKind.Section => Section(value!, field.Children),
        FieldKind.List => new JsonArray([.. ((IEnumerable)value!).Cast<object>().Select(item => (JsonNode)Section(item, field.Children))]),
        FieldKind.Integers => new JsonArray([.. ((IEnumerable<int>)value!).Select(item => (JsonNode)JsonValue.Create(item))]),
        FieldKind.Integer => JsonValue.Create((int)value!),
        FieldKind.Number => Number((double)value!),
        FieldKind.Flag => JsonValue.Create((bool)value!),
        FieldKind.Choice => JsonValue.Create(SpecField.Word(value!)),
        _ => JsonValue.Create((string)value!),
    };

    /// <summary>JSON has no number for NaN and infinities: they become text, which the reader refuses by name.</summary>
    private static JsonValue Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(value.ToString(CultureInfo.InvariantCulture));

    private static JsonObject Section(object owner, IReadOnlyList<SpecField> fields)
    {
        var result = new JsonObject();
        foreach (SpecField field in fields)
            result[field.Name] = Value(field, field.Get(owner));
        return result;
    }
}
