using LrcnLab.Core.Models;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>What a model takes of weights that may be of another model: its backbone has to be there whole, sequence model and classifier may begin at random.</summary>
/// <param name="Taken">By the model's names.</param>
/// <param name="Missing">The model's names that the weights do not have.</param>
/// <param name="Misshaped">The model's names whose weights have another shape, with both shapes, or whose layer is not there whole.</param>
/// <param name="Unused">Names that the model does not have.</param>
/// <param name="Refusal">Null, or in words why they cannot be used.</param>
public sealed record WeightMatch(IReadOnlyDictionary<string, Tensor> Taken, IReadOnlyList<string> Missing, IReadOnlyList<string> Misshaped, IReadOnlyList<string> Unused, string? Refusal)
{
    private const int MostListed = 10;

    /// <summary>In words what was taken and what was not.</summary>
    public string Report
    {
        get
        {
            string[] rest = [Listed("begin at random, being missing there", Missing), Listed("begin at random, being of another shape there", Misshaped), Listed("are not used", Unused)];
            return $"{Taken.Count} weights were taken.{string.Concat(rest.Where(r => r.Length > 0).Select(r => $" {r}"))}";
        }
    }

    /// <param name="model">Whose names and shapes count; it is not changed.</param>
    /// <param name="weights">By its names, or by the public names of its backbone, which have no <see cref="KnownNetworks.Prefix"/>.</param>
    public static WeightMatch Of(LrcnModel model, IReadOnlyDictionary<string, Tensor> weights)
    {
        PlanLayer[] backbone = [.. model.Plan.Layers.Take(model.Plan.BackboneLayers)];
        var taken = new Dictionary<string, Tensor>();
        var used = new HashSet<string>();
        List<(string Name, string Text)> missing = [], misshaped = [];
        foreach (var (name, own) in model.state_dict())
        {
            string key = weights.ContainsKey(name) || !name.StartsWith(KnownNetworks.Prefix, StringComparison.Ordinal) ? name : name[KnownNetworks.Prefix.Length..];
            if (!weights.TryGetValue(key, out Tensor? given))
            {
                // Older files do not count batches, and only training does.
                if (!LrcnModel.IsCount(name))
                    missing.Add((name, name));
                continue;
            }

            used.Add(key);
            if (given.shape.SequenceEqual(own.shape) && given.is_floating_point() == own.is_floating_point())
                taken[name] = given;
            else
                misshaped.Add((name, $"{name} (there [{string.Join(", ", given.shape)}], here [{string.Join(", ", own.shape)}])"));
        }

        string[] lost = [.. missing.Concat(misshaped).Where(w => LrcnModel.IsOf(w.Name, backbone)).Select(w => w.Text)], unused = [.. weights.Keys.Where(k => !used.Contains(k))];
        // Half a layer is none.
        HashSet<string> broken = [.. missing.Concat(misshaped).Select(w => Layer(w.Name))];
        foreach (string name in taken.Keys.Where(name => broken.Contains(Layer(name))).ToArray())
        {
            taken.Remove(name);
            misshaped.Add((name, $"{name} (with its layer)"));
        }

        string? refusal = lost.Length > 0 ? $"They do not fit the backbone. {Listed("are missing or of another shape", lost)} {Listed("are not in the model", unused)}".TrimEnd()
            : taken.Count == 0 ? $"None of them is in the model. {Listed("are in the file", [.. weights.Keys])}" : null;
        return new WeightMatch(taken, [.. missing.Select(w => w.Text)], [.. misshaped.Select(w => w.Text)], unused, refusal);
    }

    private static string Layer(string weight) => weight[..weight.LastIndexOf('.')];

    private static string Listed(string what, IReadOnlyList<string> names) => names.Count == 0 ? ""
        : $"{names.Count} {what}: {string.Join(", ", names.Take(MostListed))}{(names.Count > MostListed ? ", ..." : "")}.";
}
