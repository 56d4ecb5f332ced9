using System.Text.Json;
using System.Text.Json.Nodes;

namespace LrcnLab.Web.Hosting;

/// <summary>The body of a request as a JSON object, or the refusal that says why it is none.</summary>
public static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    public static async Task<(JsonObject? Body, IResult? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            return await JsonNode.ParseAsync(request.Body, documentOptions: Strict, cancellationToken: cancel) is JsonObject body ? (body, null) : (null, Problems.Invalid("body", "Expected a JSON object."));
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is null ? e.Message.TrimEnd('.') : $"line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}";
            return (null, Problems.Invalid("body", $"This is not valid JSON: {place}."));
        }
        catch (InvalidOperationException)
        {
            return (null, Problems.Invalid("body", "This is not valid JSON: a name has half of a surrogate pair."));
        }
    }

    /// <summary>Null when the field is absent, no text, or text with half of a surrogate pair, which JSON can express.</summary>
    public static string? Text(this JsonObject body, string name)
    {
        try
        {
            return body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
