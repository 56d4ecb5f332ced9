using LrcnLab.Training.Flow.Processor;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>
/// Dense optical flow by total variation and an L1 data term: C. Zach, T. Pock and H. Bischof, "A Duality Based Approach for Realtime TV-L1 Optical Flow" (2007),
/// with the numerics of Sánchez et al. (see <see cref="FlowSettings"/>).
/// </summary>
public static class OpticalFlow
{
    /// <param name="first">Brightness in 0..255, float32 [N, 1, H, W].</param>
    /// <param name="second">The frames that follow, same shape and device.</param>
    /// <param name="settings">Null for the defaults.</param>
    /// <returns>Where each pixel of the first frame goes, in pixels: x (right) and y (down), [N, 2, H, W]. Each pair's flow depends on nothing but the pair.</returns>
    public static Tensor Between(Tensor first, Tensor second, FlowSettings? settings = null)
    {
        settings ??= new FlowSettings();
        using IDisposable _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var sizes = FlowPyramid.Sizes((int)first.shape[2], (int)first.shape[3], settings);
        Tensor[] from = FlowPyramid.Shrink(first, sizes, settings), to = FlowPyramid.Shrink(second, sizes, settings);
        Tensor flow = zeros([first.shape[0], 2, sizes[^1].Height, sizes[^1].Width], float32, first.device);
        for (int scale = sizes.Length - 1; scale >= 0; scale--)
        {
            if (scale < sizes.Length - 1)
                flow = FlowPyramid.Enlarge(flow, sizes[scale]);
            if (first.device_type == DeviceType.CPU && !settings.TensorsOnly)
                ProcessorScale.Solve(from[scale], to[scale], flow, settings);
            else
                TensorScale.Solve(from[scale], to[scale], flow, settings);
        }

        return flow.MoveToOuterDisposeScope();
    }
}
