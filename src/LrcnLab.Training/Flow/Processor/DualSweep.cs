using System.Numerics;

namespace LrcnLab.Training.Flow.Processor;

/// <summary>One iteration of <see cref="DualIteration"/> as one sweep over the rows; planes as in <see cref="PairSolver"/>.</summary>
internal readonly unsafe struct DualSweep(float* flow, int stride, int plane, int height, int width, FlowSettings settings)
{
    private readonly float _theta = (float)settings.Tightness, _bound = (float)(settings.Attachment * settings.Tightness), _step = (float)(settings.TimeStep / settings.Tightness);

    /// <summary>The dual variable follows one row behind the flow, whose next row still needs its old values.</summary>
    public void Run()
    {
        for (int y = 0; y <= height; y++)
        {
            if (y < height)
                UpdateFlow(flow + y * stride);
            if (y > 0)
                UpdateDual(flow + (y - 1) * stride, hasBelow: y < height);
        }
    }

    private void UpdateFlow(float* row)
    {
        var bound = new Vector<float>(_bound);
        var theta = new Vector<float>(_theta);
        float* u = row, v = row + plane, ux = row + 2 * plane, vx = row + 3 * plane, uy = row + 4 * plane, vy = row + 5 * plane;
        float* gx = row + 6 * plane, gy = row + 7 * plane, ax = row + 8 * plane, ay = row + 9 * plane, b = row + 10 * plane;
        for (int x = 0; x < width; x += Vector<float>.Count)
        {
            Vector<float> oldU = Vector.Load(u + x), oldV = Vector.Load(v + x);
            Vector<float> excess = Vector.FusedMultiplyAdd(Vector.Load(ax + x), oldU, Vector.FusedMultiplyAdd(Vector.Load(ay + x), oldV, Vector.Load(b + x)));
            excess = Vector.MinNative(Vector.MaxNative(excess, -bound), bound);
            Vector<float> fitU = oldU - excess * Vector.Load(gx + x), fitV = oldV - excess * Vector.Load(gy + x);
            Vector<float> spreadU = Vector.Load(ux + x) - Vector.Load(ux + x - 1) + Vector.Load(uy + x) - Vector.Load(uy + x - stride);
            Vector<float> spreadV = Vector.Load(vx + x) - Vector.Load(vx + x - 1) + Vector.Load(vy + x) - Vector.Load(vy + x - stride);
            Vector.Store(Vector.FusedMultiplyAdd(theta, spreadU, fitU), u + x);
            Vector.Store(Vector.FusedMultiplyAdd(theta, spreadV, fitV), v + x);
        }
    }

    /// <summary>Where there is no neighbour to the right or below, the dual variable stays zero.</summary>
    private void UpdateDual(float* row, bool hasBelow)
    {
        var step = new Vector<float>(_step);
        var below = new Vector<float>(hasBelow ? 1f : 0);
        Vector<float> last = new Vector<float>(width - 1) - Vector<float>.Indices;
        for (int component = 0; component < 2; component++)
        {
            float* u = row + component * plane, px = u + 2 * plane, py = u + 4 * plane;
            for (int x = 0; x < width; x += Vector<float>.Count)
            {
                Vector<float> here = Vector.Load(u + x), hasRight = Vector.GreaterThan(last, new Vector<float>(x)).As<int, float>();
                Vector<float> right = (Vector.Load(u + x + 1) - here) & hasRight, down = (Vector.Load(u + x + stride) - here) * below;
                Vector<float> scale = Vector<float>.One / Vector.FusedMultiplyAdd(step, Vector.SquareRoot(Vector.FusedMultiplyAdd(right, right, down * down)), Vector<float>.One);
                Vector.Store(Vector.FusedMultiplyAdd(step, right, Vector.Load(px + x)) * scale, px + x);
                Vector.Store(Vector.FusedMultiplyAdd(step, down, Vector.Load(py + x)) * scale, py + x);
            }
        }
    }
}
