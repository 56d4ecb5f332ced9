using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>Weights of a module by name, in and out.</summary>
public static class ModelWeights
{
    /// <summary>Parameters and buffers; the tensors stay the module's.</summary>
    public static IReadOnlyCollection<(string Name, Tensor Value)> Of(nn.Module module) => [.. module.state_dict().Select(p => (p.Key, p.Value))];

    /// <summary>Copies weights into a model; nothing is changed when one of them does not fit.</summary>
    /// <returns>Null, or a sentence that names the first tensor that does not fit.</returns>
    public static string? Load(LrcnModel model, IReadOnlyDictionary<string, Tensor> weights)
    {
        Dictionary<string, Tensor> own = model.state_dict();
        foreach (var (name, value) in own)
        {
            if (!weights.TryGetValue(name, out Tensor? given))
                return $"The weights have no {name}.";
            if (!given.shape.SequenceEqual(value.shape) || given.dtype != value.dtype)
                return $"{name} is {given.dtype} [{string.Join(", ", given.shape)}] in the weights and {value.dtype} [{string.Join(", ", value.shape)}] in the model.";
        }

        if (weights.Keys.FirstOrDefault(name => !own.ContainsKey(name)) is string extra)
            return $"The weights have {extra}, which the model has not.";

        using var noGradient = no_grad();
        foreach (var (name, value) in own)
            value.copy_(weights[name]);
        return null;
    }
}
