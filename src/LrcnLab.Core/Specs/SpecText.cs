using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;

namespace LrcnLab.Core.Specs;

/// <summary>Text, JSON tree and specification: each way without loss.</summary>
public static class SpecText
{
    /// <summary>Characters; the largest specification that the fields allow has a tenth of them.</summary>
    private const int MaximumLength = 100_000;

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        MaxDepth = 32,
    };

    /// <summary>Reads JSON or YAML (a text that starts with a brace is JSON) and reports every wrong field at once. Never throws, whatever the text is.</summary>
    public static SpecResult Parse(string text)
    {
        (JsonNode? tree, SpecResult? failure) = ParseTree(text);
        return failure ?? SpecReader.Read(tree);
    }

    /// <summary>Reads JSON or YAML without asking what it says.</summary>
    /// <returns>The tree, or why there is none.</returns>
    public static (JsonNode? Tree, SpecResult? Failure) ParseTree(string text)
    {
        if (text.Length > MaximumLength)
            return (null, Unreadable($"This text has {text.Length} characters: a specification has at most {MaximumLength}."));
        if (!IsWellFormed(text))
            return (null, Unreadable("This text is not valid Unicode: it has half of a surrogate pair."));
        text = text.TrimStart('\uFEFF');
        JsonNode? node;
        try
        {
            node = text.TrimStart().StartsWith('{') ? JsonNode.Parse(text, documentOptions: Lenient) : YamlTree.Parse(text);
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is null ? e.Message.TrimEnd('.') : $"line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}";
            return (null, Unreadable($"This is not valid JSON: {place}."));
        }
        catch (InvalidOperationException)
        {
            return (null, Unreadable("This is not valid JSON: a name has half of a surrogate pair."));
        }
        catch (YamlException e)
        {
            return (null, Unreadable($"This is not valid YAML: line {e.Start.Line}, column {e.Start.Column}: {e.Message}"));
        }

        return (node, null);
    }

    /// <summary>Changes fields by assignments such as <c>training.seed=2</c> or <c>schedule.milestones=[30, 60]</c>, where a value is YAML; checked when all are made.</summary>
    public static SpecResult Set(RunSpec basis, IReadOnlyList<string> assignments)
    {
        JsonObject tree = SpecWriter.Write(basis);
        List<SpecProblem> problems = [.. assignments.Select(a => Assign(tree, a)).OfType<SpecProblem>()];
        return problems.Count == 0 ? SpecReader.Read(tree) : new SpecResult(null, problems);
    }

    /// <summary>The assignments by which <see cref="Set"/> makes one specification of another, in declared order.</summary>
    public static IReadOnlyList<string> Assignments(RunSpec from, RunSpec to)
    {
        var assignments = new List<string>();
        Compare(SpecWriter.Write(from), SpecWriter.Write(to), "", assignments);
        return assignments;
    }

    private static void Compare(JsonObject from, JsonObject to, string prefix, List<string> assignments)
    {
        foreach (var (name, value) in to)
        {
            if (value is JsonObject section && from[name] is JsonObject before)
                Compare(before, section, $"{prefix}{name}.", assignments);
            else if (!JsonNode.DeepEquals(from[name], value))
                assignments.Add($"{prefix}{name}={value?.ToJsonString() ?? "null"}");
        }
    }

    /// <returns>Null when it is done.</returns>
    private static SpecProblem? Assign(JsonObject tree, string assignment)
    {
        if (assignment.Length > MaximumLength || !IsWellFormed(assignment))
            return new SpecProblem("", "An assignment is too long, or no valid Unicode.");
        string[] sides = assignment.Split('=', 2, StringSplitOptions.TrimEntries);
        string path = sides[0];
        if (sides.Length < 2 || path.Length == 0)
            return new SpecProblem("", $"\"{assignment}\" is no assignment: write field=value, such as training.seed=2.");
        string[] names = path.Split('.');
        foreach (string name in names[..^1])
        {
            if (tree[name] is not JsonObject section)
                return new SpecProblem(path, $"There is no section \"{name}\"; here are {string.Join(", ", tree.Select(m => m.Key))}.");
            tree = section;
        }

        try
        {
            tree[names[^1]] = YamlTree.Parse(sides[1]);
            return null;
        }
        catch (YamlException e)
        {
            return new SpecProblem(path, $"\"{sides[1]}\" is not valid YAML: {e.Message}");
        }
    }

    /// <summary>A tree of settings as text, whether they are valid or not.</summary>
    public static string Write(JsonNode tree, bool json) => json ? tree.ToJsonString(LabJson.Indented) : YamlTree.Write(tree);

    public static string ToJson(RunSpec spec) => SpecWriter.Write(spec).ToJsonString(LabJson.Indented);

    public static string ToYaml(RunSpec spec) => YamlTree.Write(SpecWriter.Write(spec));

    /// <summary>False for half of a surrogate pair, which cannot be written as UTF-8.</summary>
    internal static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static SpecResult Unreadable(string message) => new(null, [new SpecProblem("", message)]);
}
