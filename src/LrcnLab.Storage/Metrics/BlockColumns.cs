using LrcnLab.Core.Metrics;

namespace LrcnLab.Storage.Metrics;

/// <summary>The points of a block as columns, by rising step without repetition. Times are milliseconds since 1970-01-01 UTC.</summary>
internal sealed class BlockColumns
{
    private long[] _steps;
    private double[] _epochs;
    private long[] _times;
    private double[] _values;

    public BlockColumns(int capacity) => (_steps, _epochs, _times, _values) = (new long[capacity], new double[capacity], new long[capacity], new double[capacity]);

    public int Count { get; private set; }

    public ReadOnlySpan<long> Steps => _steps.AsSpan(0, Count);
    public ReadOnlySpan<double> Epochs => _epochs.AsSpan(0, Count);
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public MetricPoint this[int i] => new(_steps[i], _epochs[i], DateTimeOffset.FromUnixTimeMilliseconds(_times[i]).UtcDateTime, _values[i]);

    public StoredPoint StoredAt(int i) => new(_steps[i], _epochs[i], _times[i], _values[i]);

    /// <summary>Sets the point at its step: behind all others, in between, or in place of the one that is there.</summary>
    /// <returns>The value that was replaced; null when the step is new.</returns>
    public double? Set(MetricPoint point)
    {
        int at = Count == 0 || point.Step > _steps[Count - 1] ? Count : Array.BinarySearch(_steps, 0, Count, point.Step);
        double? replaced = null;
        if (at >= 0 && at < Count)
            replaced = _values[at];
        else
            at = Insert(at < 0 ? ~at : at);
        _steps[at] = point.Step;
        _epochs[at] = point.Epoch;
        _times[at] = Milliseconds(point.Time);
        _values[at] = point.Value;
        return replaced;
    }

    /// <summary>Adds a point that comes after all that are here.</summary>
    public void Append(MetricPoint point)
    {
        Reserve(Count + 1);
        _steps[Count] = point.Step;
        _epochs[Count] = point.Epoch;
        _times[Count] = Milliseconds(point.Time);
        _values[Count] = point.Value;
        Count++;
    }

    /// <summary>The time as it is kept: to the millisecond below.</summary>
    public static DateTime Rounded(DateTime time) => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds(time)).UtcDateTime;

    /// <summary>Cuts off and returns everything from index <paramref name="from"/> on.</summary>
    public BlockColumns SplitAt(int from)
    {
        var rest = new BlockColumns(Count - from);
        rest.Append(_steps.AsSpan(from, Count - from), _epochs.AsSpan(from, Count - from), _times.AsSpan(from, Count - from), _values.AsSpan(from, Count - from));
        Count = from;
        return rest;
    }

    /// <summary>Adds columns of points that come after all that are here.</summary>
    public void Append(ReadOnlySpan<long> steps, ReadOnlySpan<double> epochs, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        Reserve(Count + steps.Length);
        steps.CopyTo(_steps.AsSpan(Count));
        epochs.CopyTo(_epochs.AsSpan(Count));
        times.CopyTo(_times.AsSpan(Count));
        values.CopyTo(_values.AsSpan(Count));
        Count += steps.Length;
    }

    /// <summary>Makes room for points that come after all that are here, to be filled by the caller at once.</summary>
    public (Memory<long> Steps, Memory<double> Epochs, Memory<long> Times, Memory<double> Values) Extend(int count)
    {
        Reserve(Count + count);
        int at = Count;
        Count += count;
        return (_steps.AsMemory(at, count), _epochs.AsMemory(at, count), _times.AsMemory(at, count), _values.AsMemory(at, count));
    }

    private static long Milliseconds(DateTime time) => time.Ticks / TimeSpan.TicksPerMillisecond - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond;

    private int Insert(int at)
    {
        Reserve(Count + 1);
        Array.Copy(_steps, at, _steps, at + 1, Count - at);
        Array.Copy(_epochs, at, _epochs, at + 1, Count - at);
        Array.Copy(_times, at, _times, at + 1, Count - at);
        Array.Copy(_values, at, _values, at + 1, Count - at);
        Count++;
        return at;
    }

    private void Reserve(int count)
    {
        if (count <= _steps.Length)
            return;
        int capacity = Math.Max(count, Math.Max(16, _steps.Length * 2));
        Array.Resize(ref _steps, capacity);
        Array.Resize(ref _epochs, capacity);
        Array.Resize(ref _times, capacity);
        Array.Resize(ref _values, capacity);
    }
}
