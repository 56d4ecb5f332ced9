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
    /// <returns>Where each pixel of the first frame goes, in pixels: x (right) and y (down), [N, 2, H, W]. A pair's flow depends on nothing but the pair.</returns>
    public static Tensor Between(Tensor first, Tensor second, FlowSettings? settings = null)
    {
        settings ??= new FlowSettings();
        using IDisposable _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor flow = first.device_type == DeviceType.CPU && !settings.TensorsOnly ? OnProcessors(first, second, settings) : ByTensors(first, second, settings);
        return flow.MoveToOuterDisposeScope();
    }

    private static Tensor ByTensors(Tensor first, Tensor second, FlowSettings settings)
    {
        var sizes = FlowPyramid.Sizes((int)first.shape[2], (int)first.shape[3], settings);
        Tensor[] from = FlowPyramid.Shrink(first, sizes, settings), to = FlowPyramid.Shrink(second, sizes, settings);
        Tensor flow = zeros([first.shape[0], 2, sizes[^1].Height, sizes[^1].Width], float32, first.device);
        for (int scale = sizes.Length - 1; scale >= 0; scale--)
        {
            if (scale < sizes.Length - 1)
                flow = FlowPyramid.Enlarge(flow, sizes[scale]);
            TensorScale.Solve(from[scale], to[scale], flow, settings);
        }

        return flow;
    }

    private static Tensor OnProcessors(Tensor first, Tensor second, FlowSettings settings)
    {
        int pairs = (int)first.shape[0], height = (int)first.shape[2], width = (int)first.shape[3], area = height * width;
        float[] from = first.contiguous().data<float>().ToArray(), to = second.contiguous().data<float>().ToArray(), flow = new float[2 * from.Length];
        Parallel.For(
            0,
            pairs,
            new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() },
            () => new PairFlow(height, width, settings),
            (pair, _, solver) =>
            {
                solver.Between(from.AsSpan(pair * area, area), to.AsSpan(pair * area, area)).CopyTo(flow.AsSpan(pair * 2 * area, 2 * area));
                return solver;
            },
            solver => solver.Dispose());
        return tensor(flow).view(pairs, 2, height, width);
    }
}
