using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LrcnLab.Media.Prepared;

/// <summary>
/// Bilinear enlargement of rows, 16 pixels at a time: as it never reduces, 16 neighbours of the result come from at most 17 neighbours of the source, so that one shuffle finds them.
/// </summary>
internal readonly ref struct RowStretch
{
    /// <summary>Parts of a pixel in which places are given.</summary>
    public const int One = 256;

    /// <summary>Pixels a block.</summary>
    public const int Width = 16;

    private readonly ReadOnlySpan<int> _columns;
    private readonly Span<int> _first;
    private readonly Span<byte> _choice;
    private readonly Span<ushort> _share;
    private readonly Span<byte> _row;

    /// <param name="columns">Where each pixel comes from, in 256ths, rising or falling, by at most one pixel a pixel.</param>
    /// <param name="first">Room for one number a block.</param>
    /// <param name="choice">Room for <see cref="Width"/> numbers a block.</param>
    /// <param name="share">Room for <see cref="Width"/> numbers a block.</param>
    /// <param name="row">Room for the row and two blocks.</param>
    public RowStretch(ReadOnlySpan<int> columns, Span<int> first, Span<byte> choice, Span<ushort> share, Span<byte> row)
    {
        _columns = columns;
        _first = first;
        _choice = choice;
        _share = share;
        _row = row;
        for (int block = 0; block < first.Length; block++)
        {
            int at = Start(block), from = Math.Min(columns[at], columns[at + Width - 1]) / One;
            first[block] = Math.Max(columns[at], columns[at + Width - 1]) / One - from < Width ? from : -1;
            for (int i = 0; i < Width; i++)
            {
                choice[block * Width + i] = (byte)(columns[at + i] / One - from);
                share[block * Width + i] = (ushort)(columns[at + i] % One);
            }
        }
    }

    /// <summary>Blocks of a row; the last one overlaps the one before. None for rows shorter than a block.</summary>
    public static int Blocks(int width) => width < Width ? 0 : (width + Width - 1) / Width;

    /// <summary>256 times the enlarged row.</summary>
    public void Apply(ReadOnlySpan<byte> source, Span<ushort> target)
    {
        source.CopyTo(_row);
        _row[source.Length..].Fill(source[^1]);
        for (int block = 0; block < _first.Length; block++)
        {
            int at = Start(block), from = _first[block];
            if (from < 0)
            {
                Apply(target, at, at + Width);
                continue;
            }

            Vector128<byte> choice = Vector128.Create<byte>(_choice.Slice(block * Width, Width));
            Vector256<ushort> left = Widen(Shuffle(Vector128.Create<byte>(_row.Slice(from, Width)), choice));
            Vector256<ushort> right = Widen(Shuffle(Vector128.Create<byte>(_row.Slice(from + 1, Width)), choice));
            // The difference may wrap; the sum, at most 255 times 256, comes out right again.
            ((left << 8) + (right - left) * Vector256.Create<ushort>(_share.Slice(block * Width, Width))).CopyTo(target[at..]);
        }

        if (_first.Length == 0)
            Apply(target, 0, target.Length);
    }

    /// <summary>The row between two stretched rows, rounded.</summary>
    /// <param name="above">256 times the pixels.</param>
    /// <param name="below">256 times the pixels.</param>
    /// <param name="share">Of the row below, in 256ths.</param>
    /// <param name="target">Receives the pixels.</param>
    public static void Blend(ReadOnlySpan<ushort> above, ReadOnlySpan<ushort> below, int share, Span<byte> target)
    {
        int x = 0;
        for (; x <= target.Length - Width; x += Width)
        {
            Vector256<ushort> a = Vector256.Create(above[x..]), b = Vector256.Create(below[x..]);
            Vector256<int> lower = Mix(Vector256.WidenLower(a).AsInt32(), Vector256.WidenLower(b).AsInt32(), share);
            Vector256<int> upper = Mix(Vector256.WidenUpper(a).AsInt32(), Vector256.WidenUpper(b).AsInt32(), share);
            Vector256<short> both = Vector256.Narrow(lower, upper);
            Vector128.Narrow(both.GetLower().AsUInt16(), both.GetUpper().AsUInt16()).CopyTo(target[x..]);
        }

        for (; x < target.Length; x++)
            target[x] = (byte)((above[x] * One + (below[x] - above[x]) * share + One * One / 2) >> 16);
    }

    private static Vector256<int> Mix(Vector256<int> a, Vector256<int> b, int share) => ((a << 8) + (b - a) * share + Vector256.Create(One * One / 2)) >> 16;

    /// <summary>All choices are below 16, where the instruction needs no care; the portable call is not always compiled to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Shuffle(Vector128<byte> values, Vector128<byte> choice) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(values, choice) : Vector128.Shuffle(values, choice);

    private static Vector256<ushort> Widen(Vector128<byte> values) => Vector256.WidenLower(values.ToVector256Unsafe());

    private void Apply(Span<ushort> target, int from, int to)
    {
        for (int x = from; x < to; x++)
        {
            int left = _columns[x] / One, part = _columns[x] % One;
            target[x] = (ushort)(_row[left] * (One - part) + _row[left + 1] * part);
        }
    }

    private int Start(int block) => Math.Min(block * Width, _columns.Length - Width);
}
