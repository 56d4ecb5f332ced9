namespace LrcnLab.Media;

/// <summary>Adds up what several threads have done and tells it about 500 times in all, one call at a time and never backwards.</summary>
internal sealed class ProgressCounter(long total, Action<long, long>? progress)
{
    private readonly Lock _lock = new();
    private long _done, _told;

    public void Add(long count)
    {
        lock (_lock)
        {
            _done += count;
            if (_done < total && (_done - _told) * 500 < total)
                return;
            _told = _done;
            progress?.Invoke(_done, total);
        }
    }
}
