using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <param name="Name">As in the file.</param>
/// <param name="Shape">Sizes, the first dimension first.</param>
/// <param name="Type">PyTorch's word, such as <c>float32</c>.</param>
public sealed record WeightsTensor(string Name, IReadOnlyList<long> Shape, string Type);

/// <summary>What a file of weights holds.</summary>
/// <param name="Tensors">In the file's order.</param>
/// <param name="Networks">Known networks whose convolutions it has completely, as the specification calls them.</param>
public sealed record WeightsSummary(IReadOnlyList<WeightsTensor> Tensors, IReadOnlyList<string> Networks)
{
    /// <summary>Numbers in all tensors.</summary>
    public long Parameters => Tensors.Sum(t => t.Shape.Aggregate(1L, (size, next) => size * next));

    public static WeightsSummary Of(IReadOnlyList<WeightsTensor> tensors)
    {
        Dictionary<string, IReadOnlyList<long>> shapes = tensors.ToDictionary(t => t.Name, t => t.Shape);
        return new WeightsSummary(tensors, [.. Enum.GetValues<BackboneNetwork>().Where(n => n != BackboneNetwork.Own && Have(shapes, n)).Select(n => SpecField.Word(n))]);
    }

    /// <summary>By public names or with the prefix that they have in runs.</summary>
    private static bool Have(Dictionary<string, IReadOnlyList<long>> shapes, BackboneNetwork network)
    {
        int side = KnownNetworks.SmallestFrame(network);
        IReadOnlyList<PlanLayer> layers = ClipNetworks.Include(network)
            ? ClipNetworks.Plan(network, BackboneOutput.Pool, [ClipNetworks.ShortestClip(network), 3, side, side])
            : KnownNetworks.Plan(network, BackboneOutput.Pool, [1, 3, side, side]);
        return PlanTensors.Of(layers).All(t =>
            (shapes.TryGetValue(t.Name, out IReadOnlyList<long>? shape) || shapes.TryGetValue(t.Name[KnownNetworks.Prefix.Length..], out shape)) && shape.SequenceEqual(t.Shape));
    }
}
