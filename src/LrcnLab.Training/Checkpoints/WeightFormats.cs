using LrcnLab.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>Files of weights in any form that is understood: safetensors, a <c>.pth</c> of PyTorch, a checkpoint of a run. Tensors are all that is taken from them.</summary>
public static class WeightFormats
{
    /// <returns>By the file's names, on the CPU, floating-point numbers as float32; they belong to the caller's dispose scope.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, of another form, or asks for more than tensors; the message says which.</exception>
    public static Dictionary<string, Tensor> Read(FileStream file) =>
        ReadAsStored(file).ToDictionary(t => t.Key, t => t.Value.is_floating_point() && t.Value.dtype != float32 ? t.Value.to(float32) : t.Value);

    /// <summary>What the file holds.</summary>
    /// <inheritdoc cref="Read"/>
    public static WeightsSummary Describe(FileStream file)
    {
        using var scope = NewDisposeScope();
        return WeightsSummary.Of([.. ReadAsStored(file).Select(t => new WeightsTensor(t.Key, t.Value.shape, t.Value.dtype.ToString().ToLowerInvariant()))]);
    }

    private static Dictionary<string, Tensor> ReadAsStored(FileStream file)
    {
        byte[] start = new byte[4];
        bool zip = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && PyTorchReader.IsZip(start);
        file.Position = 0;
        return !zip ? SafetensorsReader.Read(file, file.Length) : Checkpoint.Is(file) ? ReadCheckpoint(file.Name) : PyTorchReader.Read(file);
    }

    private static Dictionary<string, Tensor> ReadCheckpoint(string path)
    {
        var (checkpoint, refusal) = Checkpoint.Read(path);
        using (checkpoint)
            return checkpoint?.Weights.ToDictionary(w => w.Key, w => w.Value.clone()) ?? throw new InvalidDataException(refusal);
    }
}
