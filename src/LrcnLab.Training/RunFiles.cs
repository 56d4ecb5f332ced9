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

    private readonly HashSet<string> _names = [];

    private string Checkpoints => Path.Combine(folder, WorkerProtocol.CheckpointFolder);

    /// <summary>The newest <c>last</c> checkpoint that is still here, by its numbers; null when there is none.</summary>
    public string? NewestLast() => !Directory.Exists(Checkpoints) ? null : Numbered("last").OrderBy(f => f.Step).ThenBy(f => f.Again).LastOrDefault().Path;

    public CheckpointEvent WriteCheckpoint(string kind, CheckpointHeader header, IReadOnlyCollection<(string, Tensor)> weights, IReadOnlyCollection<(string, Tensor)> optimizer)
    {
        string name = Unused(kind.StartsWith("epoch-", StringComparison.Ordinal) ? $"epoch-{header.State.Epoch:D6}" : $"{kind}-{header.State.Step:D10}");
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

    /// <summary>Deletes checkpoints of a kind but the newest.</summary>
    public void Prune(string kind)
    {
        foreach (var (path, _, _) in Numbered(kind).OrderBy(f => f.Step).ThenBy(f => f.Again).SkipLast(1))
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

    /// <summary>Called when the end of a completed run is in the journal: the best checkpoint holds the same weights.</summary>
    public void DropBestWeights() => File.Delete(Path.Combine(folder, BestWeights));

    public static string Word(Split split) => SpecField.Word(split);

    /// <summary>An announced file never changes, so the second one of a step gets a name of its own.</summary>
    private string Unused(string name)
    {
        string unused = name;
        for (int again = 1; !_names.Add(unused); again++)
            unused = $"{name}-{again}";
        return unused + Extension;
    }

    private IEnumerable<(string Path, long Step, long Again)> Numbered(string kind)
    {
        foreach (string path in Directory.EnumerateFiles(Checkpoints, $"{kind}-*{Extension}"))
        {
            string[] numbers = Path.GetFileName(path)[(kind.Length + 1)..^Extension.Length].Split('-');
            if (numbers.Length <= 2 && numbers.All(n => long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
                yield return (path, long.Parse(numbers[0], CultureInfo.InvariantCulture), numbers.Length == 1 ? 0 : long.Parse(numbers[1], CultureInfo.InvariantCulture));
        }
    }
}
