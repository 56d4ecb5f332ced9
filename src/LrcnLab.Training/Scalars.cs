using TorchSharp;

namespace LrcnLab.Training;

/// <summary>
/// Numbers as libtorch takes them. TorchSharp 0.107 makes one for each call and lets the garbage collector free it while libtorch still reads it, which ends a run once in a very
/// long time; the newest of each thread are therefore kept for a while.
/// </summary>
internal static class Scalars
{
    private const int Kept = 256;

    [ThreadStatic]
    private static Scalar?[]? _newest;

    [ThreadStatic]
    private static int _next;

    /// <summary>Good for the call that it is made for.</summary>
    public static Scalar Of(double value) => Keep(value.ToScalar());

    /// <inheritdoc cref="Of(double)"/>
    public static Scalar Of(long value) => Keep(value.ToScalar());

    private static Scalar Keep(Scalar made)
    {
        Scalar?[] kept = _newest ??= new Scalar?[Kept];
        _next = (_next + 1) % Kept;
        kept[_next] = made;
        return made;
    }
}
