using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

public static class SafetensorsReader
{
    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

    /// <summary>Reads all tensors to the CPU; they belong to the caller's dispose scope.</summary>
    /// <param name="stream">Starts at the first byte of the format.</param>
    /// <param name="bytes">Bytes from there to the end, against which every length is checked before memory is taken.</param>
    /// <exception cref="InvalidDataException">The data are no intact safetensors; the message says why.</exception>
    public static Dictionary<string, Tensor> Read(Stream stream, long bytes)
    {
        byte[] prefix = ReadBytes(stream, 8, bytes);
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (headerLength is < 2 or > Safetensors.LargestHeader || headerLength > bytes - 8)
            throw new InvalidDataException($"The safetensors header claims {headerLength} bytes of {bytes}.");
        List<Entry> entries = ReadHeader(ReadBytes(stream, headerLength, bytes), bytes - 8 - headerLength);

        var tensors = new Dictionary<string, Tensor>();
        foreach (Entry entry in entries)
        {
            Tensor value = empty(entry.Shape, entry.Type);
            try
            {
                if (entry.End > entry.Begin)
                    stream.ReadExactly(value.bytes);
            }
            catch (EndOfStreamException)
            {
                throw new InvalidDataException($"The safetensors end within {entry.Name}.");
            }

            tensors[entry.Name] = value;
        }

        return tensors;
    }

    private static byte[] ReadBytes(Stream stream, long count, long available)
    {
        if (count > available)
            throw new InvalidDataException($"The safetensors have {available} bytes, which is less than their header.");
        byte[] read = new byte[count];
        if (stream.ReadAtLeast(read, read.Length, throwOnEndOfStream: false) < read.Length)
            throw new InvalidDataException("The safetensors end within their header.");
        return read;
    }

    private static List<Entry> ReadHeader(byte[] json, long dataLength)
    {
        var entries = new List<Entry>();
        try
        {
            using JsonDocument header = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            foreach (JsonProperty tensor in header.RootElement.EnumerateObject().Where(t => t.Name != Safetensors.MetadataKey))
                entries.Add(ReadEntry(tensor));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"The safetensors header is damaged: {e.Message}", e);
        }

        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long at = 0;
        foreach (Entry entry in entries)
        {
            if (entry.Begin != at || entry.End < entry.Begin || entry.End > dataLength)
                throw new InvalidDataException($"{entry.Name} claims the bytes {entry.Begin} to {entry.End} of {dataLength}, expected a start at {at}.");
            at = entry.End;
        }

        return at == dataLength ? entries : throw new InvalidDataException($"The safetensors have {dataLength} bytes of data, their header describes {at}.");
    }

    private static Entry ReadEntry(JsonProperty tensor)
    {
        string word = tensor.Value.GetProperty("dtype").GetString() ?? "";
        if (!Safetensors.Types.TryGetValue(word, out ScalarType type))
            throw new InvalidDataException($"{tensor.Name} has the type {word}; known are {string.Join(", ", Safetensors.Types.Keys)}.");
        long[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())];
        long[] offsets = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(s => s.GetInt64())];
        Int128 size = shape.Aggregate((Int128)type.ElementSize(), (product, next) => next < 0 || product > long.MaxValue ? Int128.MinValue : product * next);
        if (offsets.Length != 2 || size != (Int128)offsets[1] - offsets[0])
            throw new InvalidDataException($"{tensor.Name} of type {word} and shape [{string.Join(", ", shape)}] does not fill the bytes [{string.Join(", ", offsets)}].");
        return new Entry(tensor.Name, type, shape, offsets[0], offsets[1]);
    }
}
