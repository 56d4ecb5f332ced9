namespace LrcnLab.Training.Flow.Processor;

/// <summary>
/// <see cref="OpticalFlow"/> for processors: one pair on one thread, everything in memory that is taken once. Tensor operations carry every intermediate
/// result through memory, and take many times as long (docs/performance.md). The same pair always gives the same bits.
/// </summary>
internal sealed class PairFlow : IDisposable
{
    private readonly (int Height, int Width)[] _sizes;
    private readonly float[] _noiseWeights, _shrinkWeights, _blurred, _room;
    private readonly float[][] _first, _second, _flow;
    private readonly PairSolver[] _solvers;

    public PairFlow(int height, int width, FlowSettings settings)
    {
        _sizes = FlowPyramid.Sizes(height, width, settings);
        (_noiseWeights, _shrinkWeights) = (FlowPyramid.Gaussian(FlowPyramid.NoiseSigma), FlowPyramid.Gaussian(FlowPyramid.ShrinkSigma(settings)));
        (_blurred, _room) = (new float[height * width], new float[height * width]);
        (_first, _second, _flow) = (Planes(1), Planes(1), Planes(2));
        _solvers = [.. _sizes.Select(s => new PairSolver(s.Height, s.Width, settings))];
    }

    /// <param name="first">Brightness in 0..255, [H, W].</param>
    /// <param name="second">Same.</param>
    /// <returns>[2, H, W], overwritten by the next call.</returns>
    public ReadOnlySpan<float> Between(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        Shrink(first, _first);
        Shrink(second, _second);
        _flow[^1].AsSpan().Clear();
        for (int scale = _sizes.Length - 1; scale >= 0; scale--)
        {
            if (scale < _sizes.Length - 1)
                Enlarge(_flow[scale + 1], _sizes[scale + 1], _flow[scale], _sizes[scale]);
            _solvers[scale].Solve(_first[scale], _second[scale], _flow[scale]);
        }

        return _flow[0];
    }

    public void Dispose()
    {
        foreach (PairSolver solver in _solvers)
            solver.Dispose();
    }

    private float[][] Planes(int channels) => [.. _sizes.Select(s => new float[channels * s.Height * s.Width])];

    private void Shrink(ReadOnlySpan<float> picture, float[][] scales)
    {
        Scaling.Blur(picture, scales[0], _room, _sizes[0].Height, _sizes[0].Width, _noiseWeights);
        for (int s = 1; s < scales.Length; s++)
        {
            (int height, int width) = _sizes[s - 1];
            Scaling.Blur(scales[s - 1], _blurred.AsSpan(0, height * width), _room.AsSpan(0, height * width), height, width, _shrinkWeights);
            Scaling.Resize(_blurred, _sizes[s - 1], scales[s], _sizes[s]);
        }
    }

    private static void Enlarge(ReadOnlySpan<float> flow, (int Height, int Width) from, Span<float> larger, (int Height, int Width) to)
    {
        Scaling.Resize(flow, from, larger, to, (float)to.Width / from.Width);
        Scaling.Resize(flow[(from.Height * from.Width)..], from, larger[(to.Height * to.Width)..], to, (float)to.Height / from.Height);
    }
}
