using System.Globalization;
using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>Names and contents of the files in a run's folder. Paths in events are relative to it, with forward slashes.</summary>
public sealed class RunFiles(string folder)
{
    private const string Extension = ".lrcn.zip";
    private const string BestWeights = "best-weights.safetensors";

    private string Checkpoints => Path.Combine(folder, WorkerProtocol.CheckpointFolder);

    /// <summary>The newest <c>last</c> checkpoint that is still here, by its number; null when there is none.</summary>
    public string? NewestLast() => !Directory.Exists(Checkpoints) ? null : Numbered("last").MaxBy(f => f.Number).Path;

    public CheckpointEvent WriteCheckpoint(string kind, CheckpointHeader header, IReadOnlyCollection<(string, Tensor)> weights, IReadOnlyCollection<(string, Tensor)> optimizer)
    {
        string name = kind.StartsWith("epoch-", StringComparison.Ordinal) ? $"epoch-{header.State.Epoch:D6}{Extension}" : $"{kind}-{header.State.Step:D10}{Extension}";
        CheckpointSize size = CheckpointWriter.Write(Path.Combine(Checkpoints, name), header, weights, optimizer);
        return new CheckpointEvent
        {
            Kind = kind,
            Epoch = header.State.Epoch,
            Step = header.State.Step,
            File = $"{WorkerProtocol.CheckpointFolder}/{name}",
            Bytes = size.Bytes,
            Sha256 = size.Sha256,
            WeightsBytes = size.WeightsBytes,
            WeightsSha256 = size.WeightsSha256,
            Metrics = header.State.Metrics,
        };
    }

    /// <summary>Deletes checkpoints of a kind that are older than a step.</summary>
    public void Prune(string kind, long beforeStep)
    {
        foreach (var (path, number) in Numbered(kind).Where(f => f.Number < beforeStep))
            File.Delete(path);
    }

    public PredictionsEvent WritePredictions(Split split, int epoch, IReadOnlyList<Prediction> predictions)
    {
        string name = $"predictions/{Word(split)}-{epoch:D6}.jsonl";
        string path = Path.Combine(folder, name);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            foreach (Prediction prediction in predictions)
                writer.Write(JsonSerializer.Serialize(prediction, LabJson.Options) + "\n");
        });
        var (bytes, sha256) = AtomicFile.Measure(path);
        return new PredictionsEvent { Epoch = epoch, Split = Word(split), File = name, Bytes = bytes, Sha256 = sha256 };
    }

    /// <summary>Keeps the best weights for the final test; never announced, as announced files may be taken away.</summary>
    public void KeepBestWeights(IReadOnlyCollection<(string, Tensor)> weights) =>
        AtomicFile.Write(Path.Combine(folder, BestWeights), stream => SafetensorsWriter.Write(stream, weights, new Dictionary<string, string>()));

    /// <returns>Null when they are not here or damaged.</returns>
    public Dictionary<string, Tensor>? ReadBestWeights()
    {
        try
        {
            using FileStream stream = File.OpenRead(Path.Combine(folder, BestWeights));
            return SafetensorsReader.Read(stream, stream.Length);
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidDataException)
        {
            return null;
        }
    }

    public static string Word(Split split) => SpecField.Word(split);

    private IEnumerable<(string Path, long Number)> Numbered(string kind) =>
        Directory.EnumerateFiles(Checkpoints, $"{kind}-*{Extension}")
            .Select(path => (path, Text: Path.GetFileName(path)[(kind.Length + 1)..^Extension.Length]))
            .Where(f => long.TryParse(f.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(f => (f.path, long.Parse(f.Text, CultureInfo.InvariantCulture)));
}
