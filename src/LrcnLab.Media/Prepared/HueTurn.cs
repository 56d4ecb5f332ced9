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
        for (; i <= red.Length - Vector64<byte>.Count; i += Vector64<byte>.Count)
        {
            Vector256<int> r = Widen(red[i..]), g = Widen(green[i..]), b = Widen(blue[i..]);
            Narrow(r * _rr + g * _rg + b * _rb, red[i..]);
            Narrow(r * _gr + g * _gg + b * _gb, green[i..]);
            Narrow(r * _br + g * _bg + b * _bb, blue[i..]);
        }

        for (; i < red.Length; i++)
            (red[i], green[i], blue[i]) = (Round(red[i] * _rr + green[i] * _rg + blue[i] * _rb), Round(red[i] * _gr + green[i] * _gg + blue[i] * _gb), Round(red[i] * _br + green[i] * _bg + blue[i] * _bb));
    }

    private static int Fixed(double value) => (int)Math.Round(value * (1 << Bits));

    private static byte Round(int value) => (byte)Math.Clamp((value + (1 << (Bits - 1))) >> Bits, 0, 255);

    private static Vector256<int> Widen(ReadOnlySpan<byte> values) => Vector256.WidenLower(Vector256.WidenLower(Vector64.Create(values).ToVector128().ToVector256()).AsInt16());

    private static void Narrow(Vector256<int> values, Span<byte> target)
    {
        Vector256<int> rounded = Vector256.Min(Vector256.Max((values + Vector256.Create(1 << (Bits - 1))) >> Bits, Vector256<int>.Zero), Vector256.Create(255));
        Vector128<short> halves = Vector128.Narrow(rounded.GetLower(), rounded.GetUpper());
        Vector64.Narrow(halves.GetLower().AsUInt16(), halves.GetUpper().AsUInt16()).CopyTo(target);
    }
}
