using System.Runtime.Intrinsics;

namespace LrcnLab.Media.Prepared;

/// <summary>Turns colours about the grey axis in YIQ, so that the luma of a pixel stays: one matrix for all pixels, unlike the hue of HSV.</summary>
internal readonly struct HueTurn
{
    private const int Bits = 10;

    /// <summary>Rows of the matrix, in 1024ths; each sums to 1024, so that grey stays grey.</summary>
    private readonly int _rr, _rg, _rb, _gr, _gg, _gb, _br, _bg, _bb;

    /// <param name="share">Of the whole circle.</param>
    public HueTurn(double share)
    {
        var (sin, cos) = Math.SinCos(2 * Math.PI * share);
        // RGB to YIQ (ITU-R BT.601), turn I and Q, and back, multiplied out.
        (_rg, _rb) = (Fixed(0.587 - 0.587 * cos + 0.330 * sin), Fixed(0.114 - 0.114 * cos - 0.497 * sin));
        (_gr, _gb) = (Fixed(0.299 - 0.299 * cos - 0.328 * sin), Fixed(0.114 - 0.114 * cos + 0.292 * sin));
        (_br, _bg) = (Fixed(0.299 - 0.300 * cos + 1.250 * sin), Fixed(0.587 - 0.588 * cos - 1.050 * sin));
        (_rr, _gg, _bb) = ((1 << Bits) - _rg - _rb, (1 << Bits) - _gr - _gb, (1 << Bits) - _br - _bg);
    }

    public void Apply(Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        int i = 0;
        for (; i <= red.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector256<ushort> r = Widen(red[i..]), g = Widen(green[i..]), b = Widen(blue[i..]);
            Mix(r, g, b, _rr, _rg, _rb).CopyTo(red[i..]);
            Mix(r, g, b, _gr, _gg, _gb).CopyTo(green[i..]);
            Mix(r, g, b, _br, _bg, _bb).CopyTo(blue[i..]);
        }

        for (; i < red.Length; i++)
            (red[i], green[i], blue[i]) = (Round(red[i] * _rr + green[i] * _rg + blue[i] * _rb), Round(red[i] * _gr + green[i] * _gg + blue[i] * _gb), Round(red[i] * _br + green[i] * _bg + blue[i] * _bb));
    }

    private static int Fixed(double value) => (int)Math.Round(value * (1 << Bits));

    private static byte Round(int value) => (byte)Math.Clamp((value + (1 << (Bits - 1))) >> Bits, 0, 255);

    private static Vector256<ushort> Widen(ReadOnlySpan<byte> values) => Vector256.WidenLower(Vector128.Create(values).ToVector256());

    private static Vector128<byte> Mix(Vector256<ushort> r, Vector256<ushort> g, Vector256<ushort> b, int red, int green, int blue)
    {
        Vector256<int> lower = Round(Vector256.WidenLower(r).AsInt32() * red + Vector256.WidenLower(g).AsInt32() * green + Vector256.WidenLower(b).AsInt32() * blue);
        Vector256<int> upper = Round(Vector256.WidenUpper(r).AsInt32() * red + Vector256.WidenUpper(g).AsInt32() * green + Vector256.WidenUpper(b).AsInt32() * blue);
        Vector256<ushort> both = Vector256.Narrow(lower, upper).AsUInt16();
        return Vector128.Narrow(both.GetLower(), both.GetUpper());
    }

    private static Vector256<int> Round(Vector256<int> values) =>
        Vector256.Min(Vector256.Max((values + Vector256.Create(1 << (Bits - 1))) >> Bits, Vector256<int>.Zero), Vector256.Create(255));
}
