using System.Globalization;
using System.Text.Json.Nodes;
using LrcnLab.Core.Specs;

namespace LrcnLab.Web.Features.Runs.Form;

/// <summary>
/// A specification while somebody edits it: it may be wrong, and keeps what was typed even then.
/// Form fields and the text beside them are two views of the same <see cref="Document"/>.
/// </summary>
public sealed class SpecDraft
{
    private List<GridAxis> _axes = [];

    public SpecDraft(RunSpec spec) => Replace(SpecWriter.Write(spec));

    /// <summary>Fields with several values: the draft is a grid of runs, of which <see cref="Document"/> holds the first.</summary>
    public IReadOnlyList<GridAxis> Axes => _axes;

    /// <summary>The runs that the draft makes; one without axes, none while the grid is too large.</summary>
    public IReadOnlyList<GridCell> Cells { get; private set; } = [];

    /// <summary>What was typed, as a JSON tree with every declared field.</summary>
    public JsonObject Document { get; private set; } = [];

    /// <summary>The specification, or what is wrong with it.</summary>
    public SpecResult Result { get; private set; } = new(null, []);

    /// <summary>The last state without problems: what summaries show while a field is being corrected.</summary>
    public RunSpec? LastValid { get; private set; }

    /// <summary>Takes over a text in YAML or JSON; a text that is not even readable changes nothing and is reported.</summary>
    public IReadOnlyList<SpecProblem> ReplaceText(string text)
    {
        (JsonNode? tree, SpecResult? failure) = SpecText.ParseTree(text);
        if (failure is not null)
            return failure.Problems;
        IReadOnlyList<GridAxis> axes = tree is JsonObject grid ? SpecGrid.TakeFrom(grid) : [];
        SpecResult result = SpecReader.Read(tree);
        if (result.Spec is null)
            return result.Problems;
        (Document, _axes) = (SpecWriter.Write(result.Spec), [.. axes]);
        Check();
        return Result.Problems;
    }

    /// <summary>Everything as text, with lists where a field has several values; <see cref="ReplaceText"/> reads the same back.</summary>
    public string ToText(bool json) => SpecText.Write(SpecGrid.Put(Document, _axes), json);

    /// <summary>Takes over everything from a specification, such as a preset.</summary>
    public void Replace(RunSpec spec) => Replace(SpecWriter.Write(spec));

    public JsonNode? Get(string path)
    {
        JsonNode? node = Document;
        foreach (object part in Parts(path))
            node = part is int index ? node?.AsArray()[index] : node?[(string)part];
        return node;
    }

    public void Set(string path, JsonNode? value)
    {
        _axes.RemoveAll(a => a.Path == path);
        object[] parts = [.. Parts(path)];
        JsonNode owner = Document;
        foreach (object part in parts[..^1])
            owner = part is int index ? owner.AsArray()[index]! : owner[(string)part]!;
        if (parts[^1] is int last)
            owner.AsArray()[last] = value;
        else
            owner[(string)parts[^1]] = value;
        Check();
    }

    /// <summary>What the form's text boxes hold becomes a number where it is one, and stays text where it is not.</summary>
    public void SetTyped(string path, SpecField field, string typed)
    {
        typed = typed.Trim();
        if (field.Kind is FieldKind.Integer or FieldKind.Number && MayVary(path, field) && typed.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } several && typed.Contains(',', StringComparison.Ordinal))
        {
            Vary(path, [.. several.Select(Number)]);
            return;
        }

        Set(path, field.Kind switch
        {
            FieldKind.Integers => new JsonArray([.. typed.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries).Select(Number)]),
            FieldKind.Integer or FieldKind.Number => Number(typed),
            _ => JsonValue.Create(typed),
        });
    }

    /// <summary>Gives a field several values; one makes it an ordinary field again.</summary>
    public void Vary(string path, IReadOnlyList<JsonNode?> values)
    {
        int at = _axes.FindIndex(a => a.Path == path);
        if (values.Count > 0)
            Set(path, values[0]?.DeepClone());
        if (values.Count > 1)
            _axes.Insert(at < 0 ? _axes.Count : Math.Min(at, _axes.Count), new GridAxis(path, values));
        Check();
    }

    /// <summary>Values of a field that has several; null where it has one.</summary>
    public IReadOnlyList<JsonNode?>? VariedAt(string path) => _axes.FirstOrDefault(a => a.Path == path)?.Values;

    /// <summary>Whether a field can take several values: what belongs to an item of a list cannot.</summary>
    public static bool MayVary(string path, SpecField field) => !path.Contains('[', StringComparison.Ordinal) && (field.Kind is FieldKind.Integer or FieldKind.Number or FieldKind.Choice or FieldKind.Flag);

    public void InsertCopy(string listPath, int index)
    {
        JsonArray list = Get(listPath)!.AsArray();
        list.Insert(index + 1, list[index]!.DeepClone());
        Check();
    }

    /// <summary>Adds an item in which nothing was chosen.</summary>
    public void Append(string listPath, SpecField list)
    {
        var item = new JsonObject();
        foreach (SpecField field in list.Children)
            item[field.Name] = SpecWriter.Value(field, field.Default);
        Get(listPath)!.AsArray().Add((JsonNode)item);
        Check();
    }

    public void Remove(string listPath, int index)
    {
        Get(listPath)!.AsArray().RemoveAt(index);
        Check();
    }

    public void Move(string listPath, int index, int by)
    {
        JsonArray list = Get(listPath)!.AsArray();
        JsonNode item = list[index]!;
        list.RemoveAt(index);
        list.Insert(index + by, item);
        Check();
    }

    /// <summary>What is wrong with a field, or with an item of it when it is a list of numbers.</summary>
    public string? ProblemAt(string path) => Result.Problems.FirstOrDefault(p => p.Path == path || (p.Path.StartsWith(path + "[", StringComparison.Ordinal) && p.Path.EndsWith(']')))?.Message;

    private static JsonNode? Number(string typed) =>
        double.TryParse(typed, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(typed);

    private void Replace(JsonObject document)
    {
        (Document, _axes) = (document, []);
        Check();
    }

    private void Check()
    {
        Result = SpecReader.Read(Document);
        LastValid = Result.Spec ?? LastValid;
        Cells = [new GridCell("", Result)];
        if (_axes.Count == 0)
            return;
        if (SpecGrid.Count(_axes) > SpecGrid.MostRuns)
        {
            Cells = [];
            Result = new SpecResult(Result.Spec, [.. Result.Problems, new SpecProblem(_axes[^1].Path, $"This grid has {SpecGrid.Count(_axes)} runs: at most {SpecGrid.MostRuns} are launched at once.")]);
            return;
        }

        Cells = SpecGrid.Cells(Document, _axes);
        Result = new SpecResult(Result.Spec, [.. Cells.SelectMany(c => c.Result.Problems).Distinct()]);
    }

    private static IEnumerable<object> Parts(string path)
    {
        foreach (string part in path.Split('.'))
        {
            int bracket = part.IndexOf('[', StringComparison.Ordinal);
            yield return bracket < 0 ? part : part[..bracket];
            if (bracket >= 0)
                yield return int.Parse(part.AsSpan(bracket + 1, part.Length - bracket - 2), CultureInfo.InvariantCulture);
        }
    }
}
