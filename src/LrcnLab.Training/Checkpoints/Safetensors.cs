using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>
/// What both directions of the safetensors format share (github.com/huggingface/safetensors, README "Format"): 8 bytes length of the header,
/// the header in JSON, then the tensors' bytes, little-endian, without gaps.
/// </summary>
internal static class Safetensors
{
    /// <summary>The format's own limit.</summary>
    public const long LargestHeader = 100_000_000;

    public const string MetadataKey = "__metadata__";

    public static readonly IReadOnlyDictionary<string, ScalarType> Types = new Dictionary<string, ScalarType>
    {
        ["F64"] = ScalarType.Float64,
        ["F32"] = ScalarType.Float32,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64,
        ["I32"] = ScalarType.Int32,
        ["U8"] = ScalarType.Byte,
        ["BOOL"] = ScalarType.Bool,
    };

    public static string Word(ScalarType type) => Types.FirstOrDefault(t => t.Value == type).Key ?? throw new NotSupportedException($"Tensors of type {type} cannot be saved.");
}
