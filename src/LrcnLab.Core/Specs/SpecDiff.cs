using System.Text.Json.Nodes;

namespace LrcnLab.Core.Specs;

/// <summary>A setting that differs; <c>-</c> where one side has no such setting.</summary>
public sealed record SpecChange(string Path, string From, string To);

/// <summary>Specifications as flat lists of settings, and what differs between them.</summary>
public static class SpecDiff
{
    /// <summary>Every setting by path, in declared order; values as JSON writes them, without quotes.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Flatten(RunSpec spec)
    {
        var settings = new List<KeyValuePair<string, string>>();
        Walk(SpecWriter.Write(spec), "", settings);
        return settings;
    }

    public static IReadOnlyList<SpecChange> Between(RunSpec from, RunSpec to)
    {
        Dictionary<string, string> before = new(Flatten(from)), after = new(Flatten(to));
        return [.. before.Keys.Union(after.Keys)
            .Select(path => new SpecChange(path, before.GetValueOrDefault(path, "-"), after.GetValueOrDefault(path, "-")))
            .Where(change => change.From != change.To)];
    }

    private static void Walk(JsonNode? node, string path, List<KeyValuePair<string, string>> settings)
    {
        switch (node)
        {
            case JsonObject section:
                foreach (var (name, value) in section)
                    Walk(value, path.Length == 0 ? name : $"{path}.{name}", settings);
                break;
            case JsonArray list when list.All(item => item is JsonValue):
                settings.Add(new(path, list.Count == 0 ? "none" : string.Join(", ", list.Select(item => item!.ToString()))));
                break;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                    Walk(list[i], $"{path}[{i}]", settings);
                break;
            default:
                settings.Add(new(path, node?.ToString() ?? ""));
                break;
        }
    }
}
