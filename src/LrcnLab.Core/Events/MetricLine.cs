using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LrcnLab.Core.Events;

/// <summary>
/// Reads the line of a <see cref="MetricEvent"/> several times faster than the general way, because a run may write thousands a second.
/// It gives up on everything that is not exactly as expected; what that means is then for the general way to say.
/// </summary>
internal static class MetricLine
{
    private const string Start = """{"type":"metric",""";

    // Keys repeat in every event; a full cache would only cost strings.
    private static readonly string?[] KnownKeys = new string?[512];

    public static MetricEvent? TryParse(string line)
    {
        if (!line.StartsWith(Start, StringComparison.Ordinal) || line.Length > 1 << 20)
            return null;
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length));
        try
        {
            return Read(rented.AsSpan(0, Encoding.UTF8.GetBytes(line, rented)));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static MetricEvent? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        (long? step, double? epoch, long sequence, DateTime time) = (null, null, 0, default);
        Dictionary<string, double>? values = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Names with escapes are left to the general way.
            ReadOnlySpan<byte> name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("type"u8))
                continue;
            if (name.SequenceEqual("step"u8))
                step = reader.GetInt64();
            else if (name.SequenceEqual("epoch"u8) && Number(ref reader) is double e)
                epoch = e;
            else if (name.SequenceEqual("sequence"u8))
                sequence = reader.GetInt64();
            else if (name.SequenceEqual("time"u8))
                time = reader.GetDateTime();
            else if (name.SequenceEqual("values"u8) && reader.TokenType == JsonTokenType.StartObject)
                values = ReadValues(ref reader);
            else
                return null;
        }

        return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && step is long s && epoch is double p && values is not null
            ? new MetricEvent { Step = s, Epoch = p, Sequence = sequence, Time = time, Values = values } : null;
    }

    private static Dictionary<string, double>? ReadValues(ref Utf8JsonReader reader)
    {
        var values = new Dictionary<string, double>(12);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueIsEscaped)
                return null;
            string key = Key(reader.ValueSpan);
            reader.Read();
            if (Number(ref reader) is not double value)
                return null;
            values[key] = value;
        }

        return values;
    }

    private static double? Number(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetDouble()
        : reader.ValueTextEquals("NaN"u8) ? double.NaN
        : reader.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
        : reader.ValueTextEquals("-Infinity"u8) ? double.NegativeInfinity
        : null;

    private static string Key(ReadOnlySpan<byte> utf8)
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref string? known = ref KnownKeys[(uint)hash.ToHashCode() % (uint)KnownKeys.Length];
        string? found = known;
        return found is not null && Ascii.Equals(utf8, found) ? found : known = Encoding.UTF8.GetString(utf8);
    }
}
