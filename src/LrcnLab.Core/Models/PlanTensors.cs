namespace LrcnLab.Core.Models;

/// <summary>Names and shapes of the weights that layers of a plan have, without making any.</summary>
public static class PlanTensors
{
    /// <param name="layers">Of a backbone or a classifier; recurrent layers are left out.</param>
    /// <returns>Parameters and statistics, as PyTorch names them.</returns>
    public static IEnumerable<(string Name, long[] Shape)> Of(IEnumerable<PlanLayer> layers) => layers.SelectMany(Of);

    private static IEnumerable<(string Name, long[] Shape)> Of(PlanLayer layer) => layer switch
    {
        ConvolutionLayer c => [($"{c.Name}.weight", [c.OutChannels, c.InChannels / c.Groups, c.Kernel, c.Kernel]), .. c.HasBias ? [($"{c.Name}.bias", [c.OutChannels])] : ((string, long[])[])[]],
        ClipConvolutionLayer c => [($"{c.Name}.weight", [c.OutChannels, c.InChannels, c.Kernel, c.Kernel, c.Kernel]), ($"{c.Name}.bias", [c.OutChannels])],
        BatchNormLayer n => [($"{n.Name}.weight", [n.Channels]), ($"{n.Name}.bias", [n.Channels]), ($"{n.Name}.running_mean", [n.Channels]), ($"{n.Name}.running_var", [n.Channels])],
        GroupNormLayer n => [($"{n.Name}.weight", [n.Channels]), ($"{n.Name}.bias", [n.Channels])],
        FullyConnectedLayer f => [($"{f.Name}.weight", [f.OutFeatures, f.InFeatures]), ($"{f.Name}.bias", [f.OutFeatures])],
        LinearLayer l => [($"{l.Name}.weight", [l.OutFeatures, l.InFeatures]), ($"{l.Name}.bias", [l.OutFeatures])],
        ResidualLayer r => Of(r.Body.Concat(r.Shortcut)),
        _ => [],
    };
}
