using LrcnLab.Media.Decoding;

namespace LrcnLab.Samples.Generator;

/// <summary>The entropy-coded part of a baseline JPEG with the standard tables (ITU-T T.81, F.1.2 and K.3).</summary>
internal sealed class HuffmanWriter
{
    private const int EndOfBlock = 0x00, SixteenZeros = 0xF0;

    private static readonly (int Code, int Length)[][] Codes = [Code(0, 0), Code(0, 1), Code(1, 0), Code(1, 1)];

    private readonly List<byte> _bytes = [];
    private uint _bits;
    private int _count;

    /// <param name="coefficients">64 values in zig-zag order.</param>
    /// <param name="lastDc">First coefficient of the component's block before; updated.</param>
    /// <param name="chrominance">Which tables.</param>
    public void Block(int[] coefficients, ref int lastDc, bool chrominance)
    {
        (int, int)[] dc = Codes[chrominance ? 1 : 0], ac = Codes[chrominance ? 3 : 2];
        Value(dc, 0, coefficients[0] - lastDc);
        lastDc = coefficients[0];
        int zeros = 0, last = Array.FindLastIndex(coefficients, c => c != 0);
        for (int i = 1; i <= last; i++)
        {
            if (coefficients[i] == 0)
            {
                zeros++;
                continue;
            }

            for (; zeros > 15; zeros -= 16)
                Put(ac[SixteenZeros]);
            Value(ac, zeros, coefficients[i]);
            zeros = 0;
        }

        if (last < 63)
            Put(ac[EndOfBlock]);
    }

    public byte[] Finish()
    {
        // Ones fill the last byte.
        Put((0x7F, 7));
        return [.. _bytes];
    }

    /// <summary>Number of bits with the run of zeros before it, then the bits themselves; negative numbers as one's complement.</summary>
    private void Value((int, int)[] table, int zeros, int value)
    {
        int size = 32 - int.LeadingZeroCount(Math.Abs(value));
        Put(table[zeros << 4 | size]);
        if (size > 0)
            Put(((value < 0 ? value - 1 : value) & (1 << size) - 1, size));
    }

    private void Put((int Code, int Length) code)
    {
        _bits = _bits << code.Length | (uint)code.Code;
        _count += code.Length;
        while (_count >= 8)
        {
            byte next = (byte)(_bits >> (_count -= 8));
            _bytes.Add(next);
            if (next == 0xFF)
                _bytes.Add(0);
        }
    }

    /// <summary>Codes by symbol from the counts of each length (annex C).</summary>
    private static (int, int)[] Code(int @class, int id)
    {
        var codes = new (int, int)[256];
        ReadOnlySpan<byte> table = JpegTables.Standard(@class, id);
        int code = 0, symbol = 16;
        for (int length = 1; length <= 16; length++, code <<= 1)
        {
            for (int i = 0; i < table[length - 1]; i++)
                codes[table[symbol++]] = (code++, length);
        }

        return codes;
    }
}
