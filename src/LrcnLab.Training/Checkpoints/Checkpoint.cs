using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>A checkpoint that was read and whose hashes were right. Owns its tensors.</summary>
public sealed class Checkpoint : IDisposable
{
    private Checkpoint(string path, CheckpointHeader header, Dictionary<string, Tensor> weights, Dictionary<string, Tensor> optimizer) =>
        (Path, Header, Weights, Optimizer) = (path, header, weights, optimizer);

    public string Path { get; }
    public CheckpointHeader Header { get; }
    public IReadOnlyDictionary<string, Tensor> Weights { get; }
    public IReadOnlyDictionary<string, Tensor> Optimizer { get; }

    /// <summary>Whether a zip file has what a checkpoint has; it is left at its beginning.</summary>
    public static bool Is(Stream zip)
    {
        try
        {
            using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
            return archive.GetEntry(CheckpointWriter.Weights) is not null;
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            zip.Position = 0;
        }
    }

    /// <summary>Reads an archive completely and checks every hash.</summary>
    /// <returns>The checkpoint, or a sentence that says why it is refused.</returns>
    public static (Checkpoint? Checkpoint, string? Refusal) Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            CheckHashes(archive, file.Length);
            var state = JsonSerializer.Deserialize<CheckpointState>(ReadText(archive, CheckpointWriter.State), LabJson.Options)!;
            if (state.Format > CheckpointState.CurrentFormat)
                throw new InvalidDataException($"it is of format {state.Format}; this program reads up to {CheckpointState.CurrentFormat}");
            SpecResult spec = SpecText.Parse(ReadText(archive, CheckpointWriter.Spec));
            if (!spec.IsValid)
                throw new InvalidDataException($"its specification is not valid: {spec.Problems[0]}");
            string[] classes = JsonSerializer.Deserialize<string[]>(ReadText(archive, CheckpointWriter.Classes), LabJson.Options)!;

            using var scope = NewDisposeScope();
            Dictionary<string, Tensor> weights = ReadTensors(archive, CheckpointWriter.Weights);
            Dictionary<string, Tensor> optimizer = ReadTensors(archive, CheckpointWriter.TrainingState);
            foreach (Tensor tensor in weights.Values.Concat(optimizer.Values))
                tensor.DetachFromDisposeScope();
            return (new Checkpoint(path, new CheckpointHeader(state, spec.Spec!, classes), weights, optimizer), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"There is no checkpoint {path}.");
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or EndOfStreamException)
        {
            return (null, $"The checkpoint {path} is refused, it is damaged or was altered: {e.Message.TrimEnd('.')}.");
        }
    }

    public void Dispose()
    {
        foreach (Tensor tensor in Weights.Values.Concat(Optimizer.Values))
            tensor.Dispose();
    }

    private static void CheckHashes(ZipArchive archive, long fileLength)
    {
        if (archive.Entries.FirstOrDefault(e => e.CompressedLength != e.Length || e.Length > fileLength) is ZipArchiveEntry odd)
            throw new InvalidDataException($"{odd.FullName} is not stored plainly");
        var sums = ReadText(archive, CheckpointWriter.Sums).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split("  ", 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[1], parts => parts[0]);
        foreach (string name in new[] { CheckpointWriter.Weights, CheckpointWriter.TrainingState, CheckpointWriter.State, CheckpointWriter.Spec, CheckpointWriter.Classes })
        {
            using Stream stream = Entry(archive, name).Open();
            if (sums.GetValueOrDefault(name) != Convert.ToHexStringLower(SHA256.HashData(stream)))
                throw new InvalidDataException($"the SHA-256 of {name} is not the recorded one");
        }
    }

    private static ZipArchiveEntry Entry(ZipArchive archive, string name) => archive.GetEntry(name) ?? throw new InvalidDataException($"it has no {name}");

    private static string ReadText(ZipArchive archive, string name)
    {
        using var reader = new StreamReader(Entry(archive, name).Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static Dictionary<string, Tensor> ReadTensors(ZipArchive archive, string name)
    {
        ZipArchiveEntry entry = Entry(archive, name);
        using Stream stream = entry.Open();
        return SafetensorsReader.Read(stream, entry.Length);
    }
}
