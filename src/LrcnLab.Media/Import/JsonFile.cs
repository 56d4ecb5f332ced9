using System.Text.Json;

namespace LrcnLab.Media.Import;

/// <summary>A JSON list: its shape from the first kilobytes, its content as a document.</summary>
internal static class JsonFile
{
    private const int HeadBytes = 256 << 10, MaxPlaces = 1000;

    /// <summary>
    /// Paths of the values that stand in the beginning of the file, such as <c>images[].file_name</c>; the names of an object's first level also as <c>*</c>, so that
    /// <c>{"a.mp4": ["one"]}</c> has <c>*[]</c>. Values are followed by their kind: <c>*[]:String</c>.
    /// </summary>
    public static IReadOnlySet<string> Shape(string path)
    {
        byte[] head = new byte[HeadBytes];
        using FileStream stream = File.OpenRead(path);
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> bytes = head.AsSpan(0, read);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            bytes = bytes[3..];
        var shape = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
            // The place of each open object or array; a property's place is that of its object with its name.
            var open = new Stack<(string Place, bool IsArray)>();
            string property = "";
            while (reader.Read() && shape.Count < MaxPlaces)
            {
                bool inArray = open.Count > 0 && open.Peek().IsArray;
                string place = inArray ? open.Peek().Place : property;
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        open.Push((place, false));
                        break;
                    case JsonTokenType.StartArray:
                        open.Push((place + "[]", true));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        open.Pop();
                        break;
                    case JsonTokenType.PropertyName:
                        property = open.Peek().Place.Length == 0 ? reader.GetString()! : $"{open.Peek().Place}.{reader.GetString()}";
                        shape.Add(property);
                        break;
                    default:
                        shape.Add($"{place}:{reader.TokenType}");
                        if (open.Count == 1 && !inArray)
                            shape.Add($"*:{reader.TokenType}");
                        else if (open.Count == 2 && inArray)
                            shape.Add($"*[]:{reader.TokenType}");
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new HashSet<string>();
        }

        return shape;
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonDocument Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return JsonDocument.Parse(stream);
    }

    /// <summary>Text or number; empty when it is neither or missing.</summary>
    public static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : "";

    /// <summary>Elements of an array; none when it is missing or no array.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];
}
