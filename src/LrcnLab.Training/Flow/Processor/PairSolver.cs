using System.Numerics;
using System.Runtime.InteropServices;

namespace LrcnLab.Training.Flow.Processor;

/// <summary>
/// The flow of one pair at one scale, on one thread; all that it computes with stays in the cache. Its planes hold one row more above and below, and each
/// row at least two pixels more than the picture, so that every pixel has four neighbours.
/// </summary>
internal sealed unsafe class PairSolver : IDisposable
{
    private const int Planes = 12, Alignment = 64;

    private readonly int _height, _width;
    private readonly FlowSettings _settings;
    private readonly float* _memory;
    private readonly SampledFrame _second;

    public PairSolver(int height, int width, FlowSettings settings)
    {
        (_height, _width, _settings) = (height, width, settings);
        Stride = ((width + 1) / Vector<float>.Count + 1) * Vector<float>.Count;
        PlaneSize = Stride * (height + 2);
        _memory = (float*)NativeMemory.AlignedAlloc(((nuint)(Planes * PlaneSize) + 2 * (nuint)Stride) * sizeof(float), Alignment);
        _second = new SampledFrame(height, width);
    }

    /// <summary>Floats from row to row.</summary>
    public int Stride { get; }

    private int PlaneSize { get; }

    /// <param name="first">[H, W].</param>
    /// <param name="second">[H, W].</param>
    /// <param name="flow">[2, H, W]; where to start, and what comes out.</param>
    public void Solve(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> flow)
    {
        new Span<float>(_memory, Planes * PlaneSize + 2 * Stride).Clear();
        int area = _height * _width;
        Copy(flow[..area], Plane(0), into: true);
        Copy(flow[area..], Plane(1), into: true);
        _second.Fill(second);
        var dual = new DualSweep(Plane(0), Stride, PlaneSize, _height, _width, _settings);
        for (int warp = 0; warp < _settings.Warps; warp++)
        {
            _second.Linearize(first, Plane(0), Stride, PlaneSize);
            for (int i = 0; i < _settings.Iterations; i++)
                dual.Run();
            if (_settings.Median)
            {
                MedianRows.Apply(Plane(0), Plane(11), _height, _width, Stride);
                MedianRows.Apply(Plane(1), Plane(11), _height, _width, Stride);
            }
        }

        Copy(flow[..area], Plane(0), into: false);
        Copy(flow[area..], Plane(1), into: false);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _second.Dispose();
    }

    /// <summary>0, 1: flow; 2, 3: its dual variable by x; 4, 5: by y; 6, 7: gradient; 8, 9: slope; 10: rest (see <see cref="Linearized"/>); 11: room for the median.</summary>
    private float* Plane(int index) => _memory + 2 * Stride + index * PlaneSize;

    private void Copy(Span<float> picture, float* plane, bool into)
    {
        for (int y = 0; y < _height; y++)
        {
            Span<float> row = picture.Slice(y * _width, _width), padded = new(plane + y * Stride, _width);
            if (into)
                row.CopyTo(padded);
            else
                padded.CopyTo(row);
        }
    }
}
