namespace LrcnLab.Training.Flow;

/// <summary>
/// Parameters of TV-L1 optical flow; names and defaults, but for the number of iterations, are those of Sánchez, Meinhardt-Llopis and Facciolo,
/// "TV-L1 Optical Flow Estimation", Image Processing On Line 3 (2013), for pictures in 0..255.
/// </summary>
public sealed record FlowSettings
{
    /// <summary>τ: step of the dual variable; converges up to 1/4.</summary>
    public double TimeStep { get; init; } = 0.25;

    /// <summary>λ: weight of the brightness against smoothness; smaller is smoother.</summary>
    public double Attachment { get; init; } = 0.15;

    /// <summary>θ: how tightly the smooth field and the one that fits the brightness are coupled.</summary>
    public double Tightness { get; init; } = 0.3;

    /// <summary>Each scale has this share of the width and height of the next finer one.</summary>
    public double Zoom { get; init; } = 0.5;

    /// <summary>The coarsest scale has at least this diagonal.</summary>
    public double CoarsestDiagonal { get; init; } = 16;

    /// <summary>How often the second frame is warped towards the first, at each scale.</summary>
    public int Warps { get; init; } = 5;

    /// <summary>Steps between warps. Always as many: stopping at a threshold would make a pair's flow depend on its batch.</summary>
    public int Iterations { get; init; } = 30;

    /// <summary>Whether each warp ends with a median of 3x3 (Wedel et al., "An Improved Algorithm for TV-L1 Optical Flow", 2009).</summary>
    public bool Median { get; init; } = true;

    /// <summary>Tensor operations on processors too, where a loop of our own is faster; for comparison.</summary>
    public bool TensorsOnly { get; init; }
}
