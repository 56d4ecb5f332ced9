using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace LrcnLab.Storage.Metrics;

/// <summary>
/// Columns of a block to bytes and back, without loss. Steps and times are second differences as zigzag varints (a steady pace is a row of zeros);
/// epochs that are step / k for one k need no bytes; values that are 32-bit floats take 4 bytes. Number columns are shuffled by byte so that
/// signs and exponents, which hardly change, stand together, and Brotli removes what repeats.
/// Layout before compression: varint count, steps, times, epochs, values. The first byte of a block is its format.
/// </summary>
internal static class BlockCodec
{
    private const byte Format = 1;
    private const byte Raw64 = 0;
    private const byte Raw32 = 1;
    private const byte StepsDivided = 2;

    // Quality 4 makes noisy columns a tenth smaller and takes five times as long.
    private const int Quality = 1;
    private const int Window = 18;

    public static byte[] Encode(BlockColumns columns)
    {
        // Steps and times take at most 10 bytes a point, epochs and values 8.
        byte[] plain = ArrayPool<byte>.Shared.Rent(64 + columns.Count * 36);
        byte[] packed = ArrayPool<byte>.Shared.Rent(5 + BrotliEncoder.GetMaxCompressedLength(plain.Length));
        try
        {
            int length = Write(plain, columns);
            packed[0] = Format;
            BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(1), length);
            if (!BrotliEncoder.TryCompress(plain.AsSpan(0, length), packed.AsSpan(5), out int written, Quality, Window))
                throw new InvalidOperationException($"Brotli could not compress {length} bytes.");
            return packed[..(5 + written)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    private static int Write(Span<byte> plain, BlockColumns columns)
    {
        int at = WriteVarint(plain, 0, (ulong)columns.Count);
        at = WriteIntegers(plain, at, columns.Steps);
        at = WriteIntegers(plain, at, columns.Times);
        if (Divisor(columns) is long divisor)
        {
            plain[at++] = StepsDivided;
            at = WriteVarint(plain, at, (ulong)divisor);
        }
        else
        {
            at = WriteNumbers(plain, at, columns.Epochs);
        }

        return WriteNumbers(plain, at, columns.Values);
    }

    public static BlockColumns Decode(ReadOnlySpan<byte> data)
    {
        if (data.Length < 5 || data[0] != Format)
            throw new InvalidDataException($"A metric block of {data.Length} bytes is not in format {Format}.");
        byte[] plain = new byte[BinaryPrimitives.ReadInt32LittleEndian(data[1..])];
        if (!BrotliDecoder.TryDecompress(data[5..], plain, out int written) || written != plain.Length)
            throw new InvalidDataException($"A metric block of {data.Length} bytes is damaged.");

        ReadOnlySpan<byte> rest = plain;
        int count = (int)ReadVarint(ref rest);
        long[] steps = ReadIntegers(ref rest, count);
        long[] times = ReadIntegers(ref rest, count);
        double[] epochs = ReadNumbers(ref rest, steps);
        double[] values = ReadNumbers(ref rest, steps);
        var columns = new BlockColumns(count);
        columns.Append(steps, epochs, times, values);
        return columns;
    }

    /// <summary>The k for which every epoch is exactly step / k; null when there is none.</summary>
    private static long? Divisor(BlockColumns columns)
    {
        int last = columns.Count - 1;
        if (last < 0)
            return null;
        double guess = Math.Round(columns.Steps[last] / columns.Epochs[last]);
        if (!(guess >= 1 && guess < int.MaxValue))
            return null;
        long divisor = (long)guess;
        for (int i = 0; i <= last; i++)
        {
            if (BitConverter.DoubleToInt64Bits(columns.Steps[i] / (double)divisor) != BitConverter.DoubleToInt64Bits(columns.Epochs[i]))
                return null;
        }

        return divisor;
    }

    /// <returns>Where the next column begins.</returns>
    private static int WriteIntegers(Span<byte> to, int at, ReadOnlySpan<long> column)
    {
        long previous = 0, difference = 0;
        foreach (long value in column)
        {
            long second = unchecked(value - previous - difference);
            at = WriteVarint(to, at, (ulong)((second << 1) ^ (second >> 63)));
            difference = unchecked(value - previous);
            previous = value;
        }

        return at;
    }

    private static long[] ReadIntegers(ref ReadOnlySpan<byte> from, int count)
    {
        long[] column = new long[count];
        long previous = 0, difference = 0;
        for (int i = 0; i < count; i++)
        {
            ulong zigzag = ReadVarint(ref from);
            difference = unchecked(difference + ((long)(zigzag >> 1) ^ -(long)(zigzag & 1)));
            column[i] = previous = unchecked(previous + difference);
        }

        return column;
    }

    private static int WriteNumbers(Span<byte> to, int at, ReadOnlySpan<double> column)
    {
        bool narrow = true;
        foreach (double value in column)
            narrow &= BitConverter.DoubleToInt64Bits((float)value) == BitConverter.DoubleToInt64Bits(value);

        int width = narrow ? 4 : 8;
        to[at++] = narrow ? Raw32 : Raw64;
        Span<byte> shuffled = to.Slice(at, column.Length * width);
        for (int i = 0; i < column.Length; i++)
        {
            ulong bits = narrow ? BitConverter.SingleToUInt32Bits((float)column[i]) : BitConverter.DoubleToUInt64Bits(column[i]);
            for (int b = 0; b < width; b++)
                shuffled[b * column.Length + i] = (byte)(bits >> (8 * b));
        }

        return at + shuffled.Length;
    }

    private static double[] ReadNumbers(ref ReadOnlySpan<byte> from, long[] steps)
    {
        double[] column = new double[steps.Length];
        byte kind = from[0];
        from = from[1..];
        if (kind == StepsDivided)
        {
            double divisor = ReadVarint(ref from);
            for (int i = 0; i < column.Length; i++)
                column[i] = steps[i] / divisor;
            return column;
        }

        int width = kind == Raw32 ? 4 : 8;
        for (int i = 0; i < column.Length; i++)
        {
            ulong bits = 0;
            for (int b = 0; b < width; b++)
                bits |= (ulong)from[b * column.Length + i] << (8 * b);
            column[i] = kind == Raw32 ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble(bits);
        }

        from = from[(column.Length * width)..];
        return column;
    }

    private static int WriteVarint(Span<byte> to, int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            to[at++] = (byte)(value | 0x80);
        to[at++] = (byte)value;
        return at;
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> from)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = from[0];
            from = from[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
