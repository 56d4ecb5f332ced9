using System.Runtime.InteropServices;

namespace LrcnLab.Storage.Metrics;

/// <summary>A point as blocks keep it.</summary>
/// <param name="Time">Milliseconds since 1970-01-01 UTC.</param>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct StoredPoint(long Step, double Epoch, long Time, double Value);

/// <summary>
/// What a view of a long series needs of a block, at the head of its bytes, so that the block need not be unpacked.
/// Lowest and highest are the first finite ones of their value; without any, they are not finite.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct BlockSummary(StoredPoint First, StoredPoint Last, StoredPoint Min, StoredPoint Max, long NotFinite)
{
    public static BlockSummary Of(BlockColumns columns)
    {
        int min = -1, max = -1, notFinite = 0;
        ReadOnlySpan<double> values = columns.Values;
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                notFinite++;
                continue;
            }

            if (min < 0 || values[i] < values[min])
                min = i;
            if (max < 0 || values[i] > values[max])
                max = i;
        }

        return new BlockSummary(columns.StoredAt(0), columns.StoredAt(columns.Count - 1), columns.StoredAt(Math.Max(0, min)), columns.StoredAt(Math.Max(0, max)), notFinite);
    }
}
