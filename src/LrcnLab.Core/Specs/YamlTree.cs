using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace LrcnLab.Core.Specs;

/// <summary>
/// YAML text to JSON tree and back: maps with plain names, lists, scalars of YAML's core schema. Read from the parser's events with a limit on depth,
/// because loading a document recurses without one; aliases are refused because they let a short text stand for an endless tree.
/// </summary>
internal static class YamlTree
{
    private const int MaximumDepth = 32;

    /// <exception cref="YamlException">The text is no YAML, or uses what is refused here.</exception>
    public static JsonNode? Parse(string text)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            return Document(parser);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // On some broken texts the library throws these instead of its own exception: "!!strmodel]", for one.
            Mark at = parser.Current?.End ?? default;
            throw new YamlException(at, at, "the text is broken after this place");
        }
    }

    public static string Write(JsonNode? tree)
    {
        var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(ToYaml(tree))).Save(text, assignAnchors: false);
        string yaml = text.ToString();
        return yaml.EndsWith("\n...\n", StringComparison.Ordinal) ? yaml[..^4] : yaml;
    }

    private static JsonNode? Document(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
            return null;
        parser.Consume<DocumentStart>();
        JsonNode? root = Node(parser, depth: 0);
        parser.Consume<DocumentEnd>();
        if (parser.Current is DocumentStart second)
            throw new YamlException(second.Start, second.End, "a second document starts here; a specification is one");
        return root;
    }

    private static JsonNode? Node(Parser parser, int depth)
    {
        ParsingEvent at = parser.Current!;
        if (depth > MaximumDepth)
            throw new YamlException(at.Start, at.End, $"nested deeper than {MaximumDepth} levels");
        if (parser.TryConsume<Scalar>(out Scalar? scalar))
            return Value(scalar);
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Add(Node(parser, depth + 1));
            return list;
        }

        if (!parser.TryConsume<MappingStart>(out _))
            throw new YamlException(at.Start, at.End, "aliases are not read here; write the value out");
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent key = parser.Current!;
            if (!parser.TryConsume<Scalar>(out Scalar? name))
                throw new YamlException(key.Start, key.End, "the name of a field is a plain word");
            if (map.ContainsKey(name.Value))
                throw new YamlException(key.Start, key.End, $"\"{name.Value}\" is given twice");
            map[name.Value] = Node(parser, depth + 1);
        }

        return map;
    }

    private static JsonValue? Value(Scalar scalar) =>
        scalar.Style is not ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value.EndsWith(":str", StringComparison.Ordinal))
            ? JsonValue.Create(scalar.Value)
            : PlainValue(scalar.Value);

    /// <summary>What a scalar without quotes means.</summary>
    private static JsonValue? PlainValue(string value)
    {
        if (value is "" or "~" or "null")
            return null;
        if (value is "true" or "false")
            return JsonValue.Create(value == "true");
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return JsonValue.Create(whole);
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(value);
    }

    private static YamlNode ToYaml(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                return new YamlMappingNode(map.Select(p => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(p.Key), ToYaml(p.Value))));
            case JsonArray list:
                return new YamlSequenceNode(list.Select(ToYaml));
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                string text = value.GetValue<string>();
                bool safe = PlainValue(text)?.GetValueKind() == JsonValueKind.String && !text.Any(NeedsEscape);
                return new YamlScalarNode(text) { Style = safe ? ScalarStyle.Any : ScalarStyle.DoubleQuoted };
            default:
                return new YamlScalarNode(node?.ToJsonString() ?? "null");
        }
    }

    /// <summary>Line breaks of Unicode, which YAML folds, and characters without a picture.</summary>
    private static bool NeedsEscape(char c) => c is '\u2028' or '\u2029' or '\uFEFF' || char.IsControl(c);
}
