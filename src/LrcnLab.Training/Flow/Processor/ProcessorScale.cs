using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow.Processor;

/// <summary>
/// The warps of one scale on processors: each pair on one thread. Tensor operations carry every intermediate result through memory,
/// and take many times as long (docs/performance.md).
/// </summary>
internal static unsafe class ProcessorScale
{
    /// <param name="first">[N, 1, H, W], contiguous.</param>
    /// <param name="second">Same.</param>
    /// <param name="flow">[N, 2, H, W], contiguous; changed in place.</param>
    /// <param name="settings">All.</param>
    public static void Solve(Tensor first, Tensor second, Tensor flow, FlowSettings settings)
    {
        int height = (int)flow.shape[2], width = (int)flow.shape[3], area = height * width;
        fixed (byte* firsts = first.bytes, seconds = second.bytes, flows = flow.bytes)
        {
            nint from = (nint)firsts, to = (nint)seconds, result = (nint)flows;
            Parallel.For(
                0,
                (int)flow.shape[0],
                new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() },
                () => new PairSolver(height, width, settings),
                (pair, _, solver) =>
                {
                    solver.Solve(Part(from, pair, area), Part(to, pair, area), Part(result, pair, 2 * area));
                    return solver;
                },
                solver => solver.Dispose());
        }
    }

    private static Span<float> Part(nint tensor, int index, int length) => new((float*)tensor + (long)index * length, length);
}
