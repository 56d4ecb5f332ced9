using System.Security.Cryptography;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>
/// Weights that a run starts from instead of random ones: a checkpoint of another run, a safetensors file with this program's names, with public ones of a known network or with
/// Keras' (<see cref="KerasWeights"/>), or a <c>.pth</c> of PyTorch. What they need not have says <see cref="WeightMatch"/>.
/// </summary>
public sealed class InitialWeights : IDisposable
{
    private readonly DisposeScope _scope;

    private InitialWeights(DisposeScope scope, IReadOnlyDictionary<string, Tensor> tensors, string report) => (_scope, Tensors, Report) = (scope, tensors, report);

    /// <summary>By the model's names, of which some may be missing.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>In words: the file with its SHA-256, and what was not taken.</summary>
    public string Report { get; }

    /// <summary>Reads the file and tries it on the model that the specification means.</summary>
    /// <returns>The weights, or a sentence that says why there are none.</returns>
    public static (InitialWeights? Weights, string? Refusal) Read(string path, RunSpec spec, int classes)
    {
        DisposeScope scope = NewDisposeScope();
        try
        {
            using FileStream file = File.OpenRead(path);
            string hash = Convert.ToHexStringLower(SHA256.HashData(file));
            file.Position = 0;
            Dictionary<string, Tensor> tensors = WeightFormats.Read(file);
            ModelPlan plan = ModelPlanner.Plan(spec, classes);
            bool keras = KerasWeights.Are(tensors);
            if (keras)
                tensors = KerasWeights.Convert(tensors, plan);
            using var model = new LrcnModel(plan);
            WeightMatch match = WeightMatch.Of(model, tensors);
            if (match.Refusal is string misfit)
                throw new InvalidDataException(misfit);
            return (new InitialWeights(scope, match.Taken, $"The run starts from the {(keras ? "Keras " : "")}weights of {(spec.Model.Weights.Length > 0 ? spec.Model.Weights : Path.GetFileName(path))}, SHA-256 {hash}. {match.Report}"), null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            scope.Dispose();
            return (null, $"The weights {path} cannot be used: {e.Message}");
        }
    }

    public void Dispose() => _scope.Dispose();
}
