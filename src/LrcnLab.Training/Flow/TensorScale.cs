using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>The warps of one scale as tensor operations, for any device.</summary>
internal static class TensorScale
{
    /// <param name="first">[N, 1, H, W].</param>
    /// <param name="second">Same.</param>
    /// <param name="flow">[N, 2, H, W]; changed in place.</param>
    /// <param name="settings">All.</param>
    public static void Solve(Tensor first, Tensor second, Tensor flow, FlowSettings settings)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor dualX = zeros_like(flow), dualY = zeros_like(flow), fine = Linearized.Finely(second);
        for (int warp = 0; warp < settings.Warps; warp++)
        {
            using DisposeScope inner = NewDisposeScope();
            DualIteration.Run(flow, dualX, dualY, Linearized.Around(first, fine, flow), settings);
            if (settings.Median)
                flow.copy_(MedianOfNine.Of(flow));
        }
    }
}
