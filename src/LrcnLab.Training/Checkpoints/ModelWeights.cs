using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>Weights of a module by name, in and out.</summary>
public static class ModelWeights
{
    private const int MostListed = 10;

    /// <summary>Parameters and buffers; the tensors stay the module's.</summary>
    public static IReadOnlyCollection<(string Name, Tensor Value)> Of(nn.Module module) => [.. module.state_dict().Select(p => (p.Key, p.Value))];

    /// <summary>Copies weights into a model; nothing is changed when one of them does not fit.</summary>
    /// <returns>Null, or in words all that does not fit: what is missing, what the model has not, what is of another shape or type.</returns>
    public static string? Load(LrcnModel model, IReadOnlyDictionary<string, Tensor> weights)
    {
        Dictionary<string, Tensor> own = model.state_dict();
        string[] misfits =
        [
            Listed("missing", [.. own.Keys.Where(name => !weights.ContainsKey(name))]),
            Listed("not in the model", [.. weights.Keys.Where(name => !own.ContainsKey(name))]),
            Listed("of another shape or type", [.. own.Where(o => weights.TryGetValue(o.Key, out Tensor? given) && !(given.shape.SequenceEqual(o.Value.shape) && given.dtype == o.Value.dtype))
                .Select(o => $"{o.Key} ({Text(weights[o.Key])}, the model has {Text(o.Value)})")]),
        ];
        if (misfits.Any(m => m.Length > 0))
            return $"The weights do not fit the model. {string.Join(' ', misfits.Where(m => m.Length > 0))}";

        using var noGradient = no_grad();
        foreach (var (name, value) in own)
            value.copy_(weights[name]);
        return null;
    }

    /// <summary>Copies those weights that there are; each has to fit.</summary>
    public static void Take(LrcnModel model, IReadOnlyDictionary<string, Tensor> weights)
    {
        using var noGradient = no_grad();
        Dictionary<string, Tensor> own = model.state_dict();
        foreach (var (name, value) in weights)
            own[name].copy_(value);
    }

    private static string Listed(string what, string[] names) => names.Length == 0 ? ""
        : $"{names.Length} {what}: {string.Join(", ", names.Take(MostListed))}{(names.Length > MostListed ? ", ..." : "")}.";

    private static string Text(Tensor value) => $"{value.dtype} [{string.Join(", ", value.shape)}]";
}
