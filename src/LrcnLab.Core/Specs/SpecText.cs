using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LrcnLab.Core.Specs;

/// <summary>Text, JSON tree and specification: each way without loss.</summary>
public static class SpecText
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    /// <summary>Reads JSON or YAML (a text that starts with a brace is JSON) and reports every wrong field at once.</summary>
    public static SpecResult Parse(string text)
    {
        JsonNode? node;
        try
        {
            node = text.TrimStart().StartsWith('{') ? JsonNode.Parse(text, documentOptions: Lenient) : FromYaml(text);
        }
        catch (JsonException e)
        {
            return new SpecResult(null, [new SpecProblem("", $"This is not valid JSON: line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}.")]);
        }
        catch (YamlException e)
        {
            return new SpecResult(null, [new SpecProblem("", $"This is not valid YAML: line {e.Start.Line}, column {e.Start.Column}: {e.InnerException?.Message ?? e.Message}")]);
        }

        return SpecReader.Read(node);
    }

    public static string ToJson(RunSpec spec) => SpecWriter.Write(spec).ToJsonString(LabJson.Indented);

    public static string ToYaml(RunSpec spec)
    {
        var text = new StringWriter();
        new YamlStream(new YamlDocument(ToYamlNode(SpecWriter.Write(spec)))).Save(text, assignAnchors: false);
        string yaml = text.ToString();
        return yaml.EndsWith("...\n", StringComparison.Ordinal) ? yaml[..^4] : yaml.Replace("...\r\n", "", StringComparison.Ordinal);
    }

    private static JsonNode? FromYaml(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 0 ? null : FromYamlNode(stream.Documents[0].RootNode, depth: 0);
    }

    private static JsonNode? FromYamlNode(YamlNode node, int depth)
    {
        if (depth > 32)
            throw new YamlException(node.Start, node.End, "nested deeper than 32 levels");
        switch (node)
        {
            case YamlMappingNode mapping:
                var result = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    string name = ((YamlScalarNode)key).Value ?? "";
                    result[name] = FromYamlNode(value, depth + 1);
                }

                return result;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(c => FromYamlNode(c, depth + 1))]);
            default:
                return FromYamlScalar((YamlScalarNode)node);
        }
    }

    private static JsonValue? FromYamlScalar(YamlScalarNode scalar)
    {
        string value = scalar.Value ?? "";
        if (scalar.Style is not ScalarStyle.Plain)
            return JsonValue.Create(value);
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

    private static YamlNode ToYamlNode(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject obj:
                return new YamlMappingNode(obj.Select(p => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(p.Key), ToYamlNode(p.Value))));
            case JsonArray array:
                return new YamlSequenceNode(array.Select(ToYamlNode));
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                string text = value.GetValue<string>();
                bool readsAsText = FromYamlScalar(new YamlScalarNode(text) { Style = ScalarStyle.Plain })?.GetValueKind() == JsonValueKind.String;
                return new YamlScalarNode(text) { Style = readsAsText ? ScalarStyle.Any : ScalarStyle.DoubleQuoted };
            default:
                return new YamlScalarNode(node?.ToJsonString() ?? "null");
        }
    }
}
