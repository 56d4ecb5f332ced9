using System.Globalization;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Queries;

/// <summary>Where a field's values come from.</summary>
public enum RunFieldKind
{
    /// <summary>Something of the run itself; <see cref="RunField.Properties"/>.</summary>
    Property,

    /// <summary>A setting of its specification, by path.</summary>
    Setting,

    Best,
    Last,
    Min,
    Max,
    First,
    Count,

    /// <summary>The value of a metric when an epoch was done.</summary>
    At,
}

/// <summary>Something that runs can be compared by: a column of a table, a word in a query.</summary>
/// <param name="Name">Property, path of the setting, or key of the metric.</param>
/// <param name="Epoch">Of <see cref="RunFieldKind.At"/>; else 0.</param>
public sealed record RunField(RunFieldKind Kind, string Name, double Epoch = 0)
{
    private static readonly Dictionary<string, RunFieldKind> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["best"] = RunFieldKind.Best,
        ["last"] = RunFieldKind.Last,
        ["min"] = RunFieldKind.Min,
        ["max"] = RunFieldKind.Max,
        ["first"] = RunFieldKind.First,
        ["count"] = RunFieldKind.Count,
        ["at"] = RunFieldKind.At,
    };

    private static readonly HashSet<string> Sections = [.. SpecDiff.Flatten(new RunSpec()).Select(s => s.Key.Split('.', '[')[0])];

    /// <summary>What a run is asked for by a single word, and what that is.</summary>
    public static IReadOnlyDictionary<string, (RunValueKind Kind, string Help)> Properties { get; } = new Dictionary<string, (RunValueKind, string)>(StringComparer.OrdinalIgnoreCase)
    {
        ["name"] = (RunValueKind.Text, "its name"),
        ["state"] = (RunValueKind.Text, "running, completed, failed, ..."),
        ["preset"] = (RunValueKind.Text, "the preset it started from"),
        ["dataset"] = (RunValueKind.Text, "the data set it learns from"),
        ["project"] = (RunValueKind.Text, "its project"),
        ["experiment"] = (RunValueKind.Text, "its experiment"),
        ["sweep"] = (RunValueKind.Text, "its sweep"),
        ["tag"] = (RunValueKind.Text, "any of its tags"),
        ["bundle"] = (RunValueKind.Text, "the same for runs that differ in nothing but their seed"),
        ["failure"] = (RunValueKind.Text, "what kind of fault ended it"),
        ["device"] = (RunValueKind.Text, "what it computes on"),
        ["id"] = (RunValueKind.Text, "its id"),
        ["step"] = (RunValueKind.Number, "optimizer updates done"),
        ["steps"] = (RunValueKind.Number, "optimizer updates in all"),
        ["epoch"] = (RunValueKind.Number, "the epoch it is in"),
        ["epochs"] = (RunValueKind.Number, "epochs in all"),
        ["progress"] = (RunValueKind.Number, "percent done"),
        ["priority"] = (RunValueKind.Number, "its place in the queue"),
        ["created"] = (RunValueKind.Time, "when it was made"),
        ["started"] = (RunValueKind.Time, "when it began to train"),
        ["ended"] = (RunValueKind.Time, "when it ended"),
        ["archived"] = (RunValueKind.Time, "when it was put away; such runs are found only by asking for this"),
        ["duration"] = (RunValueKind.Duration, "from its start to its end, or to now"),
    };

    /// <summary>Whether the settings of a run are needed to know it.</summary>
    public bool NeedsSettings => Kind == RunFieldKind.Setting || this is { Kind: RunFieldKind.Property, Name: "bundle" };

    public RunValueKind ValueKind => Kind switch
    {
        RunFieldKind.Property => Properties[Name].Kind,
        RunFieldKind.Setting => RunValueKind.Any,
        _ => RunValueKind.Number,
    };

    /// <summary>A field as people write it: <c>state</c>, <c>model.lstm.hidden</c>, <c>best(validation/loss)</c>, <c>at(train/loss, 5)</c>.</summary>
    /// <returns>The field, or why there is none, in words.</returns>
    public static (RunField? Field, string? Problem) Parse(string text)
    {
        text = text.Trim();
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (open >= 0)
        {
            string name = text[..open].Trim();
            if (!Functions.TryGetValue(name, out RunFieldKind function))
                return (null, $"There is no function \"{name}\"; known: {string.Join(", ", Functions.Keys)}.");
            return text.EndsWith(')') ? Call(name, function, text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries)) : (null, $"\"{text}\" has no closing bracket.");
        }

        if (Properties.Keys.FirstOrDefault(p => p.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } property)
            return (new RunField(RunFieldKind.Property, property), null);
        if (text.Contains('/', StringComparison.Ordinal))
            return (null, $"\"{text}\" is a metric, which has many values: write best({text}), last({text}) or at({text}, 5).");
        if (text.Contains('.', StringComparison.Ordinal) && Sections.Contains(text.Split('.', '[')[0]))
            return (new RunField(RunFieldKind.Setting, text), null);
        return (null, $"There is no field \"{text}\". Known are {string.Join(", ", Properties.Keys)}, settings such as optimizer.learningRate, and metrics such as best(validation/loss).");
    }

    public override string ToString() => Kind switch
    {
        RunFieldKind.Property or RunFieldKind.Setting => Name,
        RunFieldKind.At => string.Create(CultureInfo.InvariantCulture, $"at({Name}, {Epoch})"),
        _ => $"{Functions.First(f => f.Value == Kind).Key}({Name})",
    };

    private static (RunField? Field, string? Problem) Call(string name, RunFieldKind function, string[] arguments)
    {
        if (!MetricKeys.IsValid(arguments[0]))
            return (null, $"{name}(...) needs the key of a metric, such as {name}(validation/loss).");
        if (function != RunFieldKind.At)
            return arguments.Length == 1 ? (new RunField(function, arguments[0]), null) : (null, $"{name}(...) takes one metric, and got {arguments.Length} arguments.");
        return arguments.Length == 2 && double.TryParse(arguments[1], CultureInfo.InvariantCulture, out double epoch) && epoch >= 0
            ? (new RunField(function, arguments[0], epoch), null)
            : (null, $"at(...) takes a metric and an epoch, such as at({arguments[0]}, 5).");
    }
}
