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
        if (text.Length > MaximumLength)
            return Unreadable($"This text has {text.Length} characters: a specification has at most {MaximumLength}.");
        if (!IsWellFormed(text))
            return Unreadable("This text is not valid Unicode: it has half of a surrogate pair.");
        text = text.TrimStart('\uFEFF');
        JsonNode? node;
        try
        {
            node = text.TrimStart().StartsWith('{') ? JsonNode.Parse(text, documentOptions: Lenient) : YamlTree.Parse(text);
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is null ? e.Message.TrimEnd('.') : $"line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}";
            return Unreadable($"This is not valid JSON: {place}.");
        }
        catch (InvalidOperationException)
        {
            return Unreadable("This is not valid JSON: a name has half of a surrogate pair.");
        }
        catch (YamlException e)
        {
            return Unreadable($"This is not valid YAML: line {e.Start.Line}, column {e.Start.Column}: {e.Message}");
        }

        return SpecReader.Read(node);
    }

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
