using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LrcnLab.Core.Specs;

/// <summary>JSON tree to specification. Reports every wrong field, never only the first; fields that are absent take their defaults.</summary>
public static class SpecReader
{
    public static SpecResult Read(JsonNode? node)
    {
        var problems = new List<SpecProblem>();
        if (node is not JsonObject root)
            return new SpecResult(null, [new SpecProblem("", $"A specification is an object with the sections {Join(SpecField.All.Select(f => f.Name))}.")]);

        var spec = (RunSpec)ReadSection(root, typeof(RunSpec), SpecField.All, "", problems);
        if (problems.Count == 0)
            problems.AddRange(SpecRules.Check(spec));
        return new SpecResult(problems.Count == 0 ? spec : null, problems);
    }

    /// <summary>Like <see cref="Read(JsonNode?)"/>, but fields that are absent keep the values of <paramref name="basis"/>; lists are replaced as a whole.</summary>
    public static SpecResult Read(JsonNode? node, RunSpec basis)
    {
        if (node is not JsonObject changes)
            return Read(node);
        var problems = new List<SpecProblem>();
        JsonObject merged = SpecWriter.Write(basis);
        Merge(merged, changes, "", problems);
        return problems.Count == 0 ? Read(merged) : new SpecResult(null, problems);
    }

    private static void Merge(JsonObject target, JsonObject changes, string path, List<SpecProblem> problems)
    {
        foreach (var (name, value) in Members(changes, path, problems))
        {
            if (value is JsonObject inner && target[name] is JsonObject section)
                Merge(section, inner, path.Length == 0 ? name : $"{path}.{name}", problems);
            else
                target[name] = value?.DeepClone();
        }
    }

    /// <summary>All problems of a specification that was built in code: ranges and rules between fields.</summary>
    public static IReadOnlyList<SpecProblem> Validate(RunSpec spec) => Read(SpecWriter.Write(spec)).Problems;

    private static object ReadSection(JsonObject json, Type type, IReadOnlyList<SpecField> fields, string path, List<SpecProblem> problems)
    {
        object section = Activator.CreateInstance(type)!;
        foreach (var (name, value) in Members(json, path, problems))
        {
            string at = path.Length == 0 ? Shorten(name) : $"{path}.{Shorten(name)}";
            SpecField? field = fields.FirstOrDefault(f => f.Name == name || f.Formerly == name);
            if (field is null)
                problems.Add(new SpecProblem(at, UnknownName(name, fields)));
            else if (TryRead(field, value, at, problems, out object? read))
                field.Set(section, read);
        }

        return section;
    }

    /// <summary>A tree that was parsed elsewhere finds out only here that a name is given twice, or that one is no text.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members(JsonObject json, string path, List<SpecProblem> problems)
    {
        try
        {
            return [.. json];
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            problems.Add(new SpecProblem(path, $"The names of the fields cannot be read: {e.Message.Split('\n')[0].TrimEnd('.')}."));
            return [];
        }
    }

    private static bool TryRead(SpecField field, JsonNode? node, string at, List<SpecProblem> problems, out object? value)
    {
        int before = problems.Count;
        value = null;
        switch (field.Kind)
        {
            case FieldKind.Section:
                if (node is JsonObject section)
                    value = ReadSection(section, field.Type, field.Children, at, problems);
                else
                    problems.Add(Wrong(at, node, $"a section with the fields {Join(field.Children.Select(c => c.Name))}"));
                break;
            case FieldKind.List:
                value = ReadList(field, node, at, problems);
                break;
            case FieldKind.Integers:
                value = ReadIntegers(field, node, at, problems);
                break;
            case FieldKind.Choice:
                int choice = Scalar(node) is string word ? field.Choices.ToList().IndexOf(word) : -1;
                if (choice >= 0)
                    value = Enum.GetValues(field.Type).GetValue(choice);
                else
                    problems.Add(Wrong(at, node, $"one of {Join(field.Choices)}"));
                break;
            case FieldKind.Flag:
                if (Scalar(node) is bool flag)
                    value = flag;
                else
                    problems.Add(Wrong(at, node, "true or false"));
                break;
            case FieldKind.Text:
                if (Scalar(node) is string text && text.Length >= field.Minimum && text.Length <= field.Maximum && !text.Any(char.IsControl))
                    value = text;
                else
                    problems.Add(Wrong(at, node, $"a text of {Number(field.Minimum)} to {Number(field.Maximum)} characters"));
                break;
            default:
                double number = ReadNumber(field, node, at, problems);
                value = field.Kind == FieldKind.Integer ? (object)(int)number : number;
                break;
        }

        return problems.Count == before;
    }

    private static double ReadNumber(SpecField field, JsonNode? node, string at, List<SpecProblem> problems)
    {
        bool whole = field.Kind is FieldKind.Integer or FieldKind.Integers;
        if (Scalar(node) is double number && double.IsFinite(number) && number >= field.Minimum && number <= field.Maximum && (!whole || number == Math.Floor(number)))
            return number;
        string unit = field.Unit.Length == 0 ? "" : $" ({field.Unit})";
        problems.Add(Wrong(at, node, $"a {(whole ? "whole number" : "number")} from {Number(field.Minimum)} to {Number(field.Maximum)}{unit}"));
        return 0;
    }

    private static IList? ReadList(SpecField field, JsonNode? node, string at, List<SpecProblem> problems)
    {
        if (node is not JsonArray array || array.Count < field.Minimum || array.Count > field.Maximum)
        {
            string given = node is JsonArray a ? $"a list of {a.Count}" : Show(node);
            problems.Add(new SpecProblem(at, $"{given} is not allowed here: expected a list of {Number(field.Minimum)} to {Number(field.Maximum)} items."));
            return null;
        }

        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(field.ItemType!))!;
        for (int i = 0; i < array.Count; i++)
        {
            if (array[i] is JsonObject item)
                items.Add(ReadSection(item, field.ItemType!, field.Children, $"{at}[{i}]", problems));
            else
                problems.Add(Wrong($"{at}[{i}]", array[i], $"an item with the fields {Join(field.Children.Select(c => c.Name))}"));
        }

        return items;
    }

    private static List<int>? ReadIntegers(SpecField field, JsonNode? node, string at, List<SpecProblem> problems)
    {
        if (node is JsonArray { Count: <= 1000 } array)
            return [.. array.Select((item, i) => (int)ReadNumber(field, item, $"{at}[{i}]", problems))];
        problems.Add(Wrong(at, node, $"a list of at most 1000 whole numbers from {Number(field.Minimum)} to {Number(field.Maximum)}"));
        return null;
    }

    private static object? Scalar(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => Text(node),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => NumberOf(node),
        _ => null,
    };

    /// <summary>Null for text that cannot be stored: half of a surrogate pair, which JSON can express.</summary>
    private static string? Text(JsonNode node)
    {
        try
        {
            string text = node.GetValue<string>();
            return SpecText.IsWellFormed(text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Infinite for what no double can hold.</summary>
    private static double NumberOf(JsonNode node) =>
        node.AsValue().TryGetValue(out double number) ? number : double.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static SpecProblem Wrong(string at, JsonNode? node, string expected) => new(at, $"{Show(node)} is not allowed here: expected {expected}.");

    private static string UnknownName(string name, IReadOnlyList<SpecField> fields)
    {
        string? near = fields.Select(f => f.Name).MinBy(f => Distance(f, name));
        string hint = near is not null && Distance(near, name) <= Math.Max(2, name.Length / 3) ? $" Did you mean \"{near}\"?" : "";
        return $"There is no field \"{Shorten(name)}\" here.{hint} Known fields: {Join(fields.Select(f => f.Name))}.";
    }

    private static string Show(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return "null";
            case JsonValue value when !value.TryGetValue(out JsonElement _) && value.TryGetValue(out double number):
                return number.ToString(CultureInfo.InvariantCulture);
            default:
                try
                {
                    return Shorten(node.ToJsonString(LabJson.Options));
                }
                catch (Exception e) when (e is InvalidOperationException or ArgumentException)
                {
                    return "A text that is not Unicode";
                }
        }
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..(char.IsHighSurrogate(text[56]) ? 56 : 57)] + "...";

    private static string Number(double value) => value.ToString(Math.Abs(value) is > 0 and < 1e-4 ? "0.###e+0" : "0.####", CultureInfo.InvariantCulture);

    private static string Join(IEnumerable<string> words) => string.Join(", ", words);

    /// <summary>Levenshtein distance without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost));
            }
        }

        return row[b.Length];
    }
}
