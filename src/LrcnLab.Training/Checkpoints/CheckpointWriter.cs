using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>Size and hash of a written archive and of the weights inside.</summary>
public sealed record CheckpointSize(long Bytes, string Sha256, long WeightsBytes, string WeightsSha256);

/// <summary>
/// A checkpoint is one zip archive whose entries are stored, not compressed. The weights come first, so that they can be read without unpacking;
/// <c>SHA256SUMS</c> comes last and covers all others.
/// </summary>
public static class CheckpointWriter
{
    public const string Weights = "weights.safetensors";
    public const string TrainingState = "training-state.safetensors";
    public const string State = "state.json";
    public const string Spec = "spec.json";
    public const string Classes = "classes.json";
    public const string Sums = "SHA256SUMS";

    public static CheckpointSize Write(string path, CheckpointHeader header, IReadOnlyCollection<(string Name, Tensor Value)> weights, IReadOnlyCollection<(string Name, Tensor Value)> optimizer)
    {
        (long Bytes, string Sha256) ofWeights = (0, "");
        AtomicFile.Write(path, file =>
        {
            var sums = new StringBuilder();
            using var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
            (long Bytes, string Sha256) Add(string name, Action<Stream> write)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                using var hashing = new HashingStream(entry, hash);
                write(hashing);
                string sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
                sums.Append(sha256).Append("  ").Append(name).Append('\n');
                return (hashing.Written, sha256);
            }

            var metadata = new Dictionary<string, string> { ["format"] = "pt", ["classes"] = JsonSerializer.Serialize(header.Classes, LabJson.Options) };
            ofWeights = Add(Weights, stream => SafetensorsWriter.Write(stream, weights, metadata));
            Add(TrainingState, stream => SafetensorsWriter.Write(stream, optimizer, new Dictionary<string, string>()));
            Add(State, stream => JsonSerializer.Serialize(stream, header.State, LabJson.Indented));
            Add(Spec, stream => stream.Write(Encoding.UTF8.GetBytes(SpecText.ToJson(header.Spec))));
            Add(Classes, stream => JsonSerializer.Serialize(stream, header.Classes, LabJson.Indented));
            Add(Sums, stream => stream.Write(Encoding.UTF8.GetBytes(sums.ToString())));
        });
        var (bytes, sha256) = AtomicFile.Measure(path);
        return new CheckpointSize(bytes, sha256, ofWeights.Bytes, ofWeights.Sha256);
    }
}
