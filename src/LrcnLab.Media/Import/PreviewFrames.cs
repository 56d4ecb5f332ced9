namespace LrcnLab.Media.Import;

/// <summary>
/// Keeps a few frames, evenly spread over a video whose length nobody knows yet: when it is full, it drops every second frame and
/// from then on takes half as many. Memory stays bounded for a film of hours.
/// </summary>
internal sealed class PreviewFrames
{
    /// <summary>Most frames that a preview shows.</summary>
    public const int Count = 16;

    private const int Capacity = 4 * Count;

    private readonly List<byte[]> _kept = [];
    private int _seen, _every = 1;

    /// <summary>Frames seen so far.</summary>
    public int Seen => _seen;

    public void Add(ReadOnlySpan<byte> frame)
    {
        if (_seen++ % _every != 0)
            return;
        _kept.Add(frame.ToArray());
        if (_kept.Count < Capacity)
            return;
        for (int i = Capacity - 1; i > 0; i -= 2)
            _kept.RemoveAt(i);
        _every *= 2;
    }

    /// <summary>At most <see cref="Count"/> frames in order; all of them when there are no more.</summary>
    public IReadOnlyList<byte[]> Take()
    {
        int count = Math.Min(Count, _kept.Count);
        return [.. Enumerable.Range(0, count).Select(i => _kept[(int)((i + 0.5) * _kept.Count / count)])];
    }
}
