using System.Text.Json;
using System.Text.Json.Nodes;

namespace LrcnLab.Core.Specs;

/// <summary>A setting that takes several values, each in runs of its own.</summary>
/// <param name="Path">Of a field that holds one value.</param>
/// <param name="Values">In the order in which they were given.</param>
public sealed record GridAxis(string Path, IReadOnlyList<JsonNode?> Values);

/// <summary>One run of a grid.</summary>
/// <param name="Suffix">What tells it from the others, for its name; empty for a grid of one.</param>
/// <param name="Result">Its specification, or what is wrong with it.</param>
public sealed record GridCell(string Suffix, SpecResult Result);

/// <summary>A specification with several values in some fields: a grid of runs, one for each combination.</summary>
public static class SpecGrid
{
    /// <summary>Runs that are launched at once.</summary>
    public const int MostRuns = 200;

    /// <summary>How many runs these axes make; the cells of more than <see cref="MostRuns"/> are not made.</summary>
    public static long Count(IReadOnlyList<GridAxis> axes) => axes.Aggregate(1L, (product, axis) => Math.Min(1_000_000_000, product * Math.Max(1, axis.Values.Count)));

    /// <summary>Every combination, the last axis changing quickest.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="MostRuns"/>.</exception>
    public static IReadOnlyList<GridCell> Cells(JsonObject document, IReadOnlyList<GridAxis> axes)
    {
        if (Count(axes) > MostRuns)
            throw new ArgumentException($"{Count(axes)} runs are more than {MostRuns}.", nameof(axes));
        var cells = new List<GridCell>();
        for (long i = 0; i < Count(axes); i++)
        {
            JsonObject one = document.DeepClone().AsObject();
            var words = new List<string>();
            long rest = i;
            foreach (GridAxis axis in axes.Reverse())
            {
                JsonNode? value = axis.Values[(int)(rest % axis.Values.Count)];
                rest /= axis.Values.Count;
                Set(one, axis.Path, value?.DeepClone());
                words.Insert(0, $"{axis.Path[(axis.Path.LastIndexOf('.') + 1)..]}={Text(value)}");
            }

            cells.Add(new GridCell(string.Join(' ', words), SpecReader.Read(one)));
        }

        return cells;
    }

    /// <summary>Takes lists out of fields that hold one value: the first value of each stays, all of them are the axis.</summary>
    public static IReadOnlyList<GridAxis> TakeFrom(JsonObject tree)
    {
        var axes = new List<GridAxis>();
        Take(tree, SpecField.All, "", axes);
        return axes;
    }

    /// <summary>The document with the values of the axes as lists, as <see cref="TakeFrom"/> reads it.</summary>
    public static JsonObject Put(JsonObject document, IReadOnlyList<GridAxis> axes)
    {
        JsonObject tree = document.DeepClone().AsObject();
        foreach (GridAxis axis in axes)
            Set(tree, axis.Path, new JsonArray([.. axis.Values.Select(v => v?.DeepClone())]));
        return tree;
    }

    private static void Take(JsonObject section, IReadOnlyList<SpecField> fields, string path, List<GridAxis> axes)
    {
        foreach (SpecField field in fields)
        {
            JsonNode? value = section[field.Name];
            string at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (field.Kind == FieldKind.Section && value is JsonObject inner)
            {
                Take(inner, field.Children, at, axes);
            }
            else if (field.Kind is not (FieldKind.Section or FieldKind.List or FieldKind.Integers) && value is JsonArray { Count: > 0 } list && list.All(v => v is JsonValue))
            {
                section[field.Name] = list[0]!.DeepClone();
                if (list.Count > 1)
                    axes.Add(new GridAxis(at, [.. list.Select(v => v!.DeepClone())]));
            }
        }
    }

    private static void Set(JsonObject document, string path, JsonNode? value)
    {
        string[] parts = path.Split('.');
        JsonObject owner = document;
        foreach (string part in parts[..^1])
            owner = owner[part]!.AsObject();
        owner[parts[^1]] = value;
    }

    private static string Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value?.ToJsonString() ?? "none";
}
