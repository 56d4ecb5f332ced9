using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

public static class SafetensorsWriter
{
    /// <summary>Writes the tensors in the given order; the header is padded with blanks so that the data start at a multiple of 8.</summary>
    public static void Write(Stream stream, IReadOnlyCollection<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new JsonObject();
        if (metadata.Count > 0)
            header[Safetensors.MetadataKey] = new JsonObject(metadata.Select(m => KeyValuePair.Create<string, JsonNode?>(m.Key, m.Value)));
        long end = 0;
        foreach (var (name, value) in tensors)
        {
            long begin = end;
            end += value.numel() * value.element_size();
            header[name] = new JsonObject
            {
                ["dtype"] = Safetensors.Word(value.dtype),
                ["shape"] = new JsonArray([.. value.shape.Select(s => (JsonNode)s)]),
                ["data_offsets"] = new JsonArray(begin, end),
            };
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        int padded = (json.Length + 7) / 8 * 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        stream.Write(length);
        stream.Write(json);
        stream.Write("       "u8[..(padded - json.Length)]);

        foreach (var (_, value) in tensors)
        {
            using var scope = NewDisposeScope();
            stream.Write(value.detach().cpu().contiguous().bytes);
        }
    }
}
