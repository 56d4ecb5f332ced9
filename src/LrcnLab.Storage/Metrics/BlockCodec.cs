using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LrcnLab.Storage.Metrics;

/// <summary>
/// Columns of a block to bytes and back, without loss. Steps and times are second differences as zigzag varints (a steady pace is a row of zeros);
/// epochs that are step / k for one k need no bytes; values that are 32-bit floats take 4 bytes. Number columns are shuffled by byte so that
/// signs and exponents, which hardly change, stand together, and Brotli removes what repeats.
/// Layout before compression: varint count, steps, times, epochs, values. The first byte of a block is its format; blocks that are not small
/// have a <see cref="BlockSummary"/> behind it.
/// </summary>
internal static class BlockCodec
{
    private const byte Plain = 1, Summarized = 2;
    private const byte Raw64 = 0;
    private const byte Raw32 = 1;
    private const byte StepsDivided = 2;

    // Quality 4 makes noisy columns a tenth smaller and takes five times as long.
    private const int Quality = 1;
    private const int Window = 18;

    // The summary's bytes would weigh in a smaller block, which is unpacked quickly too.
    private const int SummarizedFrom = 256;

    private static readonly int SummaryBytes = Unsafe.SizeOf<BlockSummary>();

    public static byte[] Encode(BlockColumns columns)
    {
        // Steps and times take at most 10 bytes a point, epochs and values 8.
        byte[] plain = ArrayPool<byte>.Shared.Rent(64 + columns.Count * 36);
        byte[] packed = ArrayPool<byte>.Shared.Rent(5 + SummaryBytes + BrotliEncoder.GetMaxCompressedLength(plain.Length));
        try
        {
            int length = Write(plain, columns), head = 1;
            packed[0] = columns.Count < SummarizedFrom ? Plain : Summarized;
            if (packed[0] == Summarized)
            {
                BlockSummary summary = BlockSummary.Of(columns);
                MemoryMarshal.Write(packed.AsSpan(1), in summary);
                head += SummaryBytes;
            }

            BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(head), length);
            if (!BrotliEncoder.TryCompress(plain.AsSpan(0, length), packed.AsSpan(head + 4), out int written, Quality, Window))
                throw new InvalidOperationException($"Brotli could not compress {length} bytes.");
            return packed[..(head + 4 + written)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>The summary at the head of a block; null where it has none.</summary>
    public static BlockSummary? Summary(ReadOnlySpan<byte> data) =>
        data.Length > SummaryBytes && data[0] == Summarized ? MemoryMarshal.Read<BlockSummary>(data[1..]) : null;

    public static BlockColumns Decode(ReadOnlySpan<byte> data)
    {
        var columns = new BlockColumns(0);
        Decode(data, columns);
        return columns;
    }

    /// <summary>Adds the block's points to <paramref name="into"/>.</summary>
    public static void Decode(ReadOnlySpan<byte> data, BlockColumns into)
    {
        int head = data.Length > 0 && data[0] == Summarized ? 1 + SummaryBytes : 1;
        if (data.Length < head + 4 || data[0] is not (Plain or Summarized))
            throw new InvalidDataException($"A metric block of {data.Length} bytes is in no known format.");
        int length = BinaryPrimitives.ReadInt32LittleEndian(data[head..]);
        byte[] plain = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        try
        {
            if (!BrotliDecoder.TryDecompress(data[(head + 4)..], plain, out int written) || written != length)
                throw new InvalidDataException($"A metric block of {data.Length} bytes is damaged.");
            ReadOnlySpan<byte> from = plain.AsSpan(0, length);
            int at = 0;
            var (steps, epochs, times, values) = into.Extend((int)ReadVarint(from, ref at));
            ReadIntegers(from, ref at, steps.Span);
            ReadIntegers(from, ref at, times.Span);
            ReadNumbers(from, ref at, steps.Span, epochs.Span);
            ReadNumbers(from, ref at, steps.Span, values.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
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

    private static void ReadIntegers(ReadOnlySpan<byte> from, ref int at, Span<long> column)
    {
        long previous = 0, difference = 0;
        for (int i = 0; i < column.Length; i++)
        {
            ulong zigzag = ReadVarint(from, ref at);
            difference = unchecked(difference + ((long)(zigzag >> 1) ^ -(long)(zigzag & 1)));
            column[i] = previous = unchecked(previous + difference);
        }
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

    private static void ReadNumbers(ReadOnlySpan<byte> from, ref int at, ReadOnlySpan<long> steps, Span<double> column)
    {
        byte kind = from[at++];
        if (kind == StepsDivided)
        {
            double divisor = ReadVarint(from, ref at);
            for (int i = 0; i < column.Length; i++)
                column[i] = steps[i] / divisor;
            return;
        }

        int count = column.Length, width = kind == Raw32 ? 4 : 8;
        ReadOnlySpan<byte> planes = from.Slice(at, count * width);
        at += planes.Length;
        if (kind == Raw32)
        {
            ReadOnlySpan<byte> low = planes[..count], second = planes.Slice(count, count), third = planes.Slice(2 * count, count), high = planes.Slice(3 * count, count);
            for (int i = 0; i < count; i++)
                column[i] = BitConverter.UInt32BitsToSingle((uint)(low[i] | second[i] << 8 | third[i] << 16 | high[i] << 24));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            ulong bits = 0;
            for (int b = 0; b < width; b++)
                bits |= (ulong)planes[b * count + i] << (8 * b);
            column[i] = BitConverter.UInt64BitsToDouble(bits);
        }
    }

    private static int WriteVarint(Span<byte> to, int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            to[at++] = (byte)(value | 0x80);
        to[at++] = (byte)value;
        return at;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> from, ref int at)
    {
        ulong value = from[at++];
        if (value < 0x80)
            return value;
        value &= 0x7F;
        for (int shift = 7; ; shift += 7)
        {
            byte next = from[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
