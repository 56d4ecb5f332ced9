using System.Runtime.ExceptionServices;

namespace LrcnLab.Training.Clips;

/// <summary>
/// Reads the batches of one pass ahead of the training thread: a few threads fill a bounded number of pooled buffers,
/// and <see cref="Take"/> gives them out in the given order. The order and content depend only on the arguments.
/// </summary>
public sealed class ClipLoader : IDisposable
{
    private const int Ahead = 4;
    private readonly ClipRead _read;
    private readonly ClipChoice[] _order;
    private readonly int? _epoch;
    private readonly int _clipBytes;
    private readonly int _batchSize;
    private readonly object _lock = new();
    private readonly Dictionary<int, ClipBatch> _filled = [];
    private readonly Stack<byte[]> _free = [];
    private readonly Thread[] _threads;
    private int _nextToFill;
    private int _nextToTake;
    private ExceptionDispatchInfo? _fault;
    private bool _disposed;

    /// <param name="read">Fills one clip.</param>
    /// <param name="order">Clips in the order in which they are wanted.</param>
    /// <param name="epoch">Passed on to <paramref name="read"/>.</param>
    /// <param name="clipBytes">T · C · H · W.</param>
    /// <param name="batchSize">Clips a batch; the last batch may be smaller.</param>
    /// <param name="firstBatch">Batches to skip.</param>
    public ClipLoader(ClipRead read, ClipChoice[] order, int? epoch, int clipBytes, int batchSize, int firstBatch = 0)
    {
        (_read, _order, _epoch, _clipBytes, _batchSize) = (read, order, epoch, clipBytes, batchSize);
        Batches = (order.Length + batchSize - 1) / batchSize;
        _nextToFill = _nextToTake = firstBatch;
        for (int i = 0; i < Ahead; i++)
            _free.Push(new byte[checked(clipBytes * Math.Min(batchSize, Math.Max(1, order.Length)))]);
        _threads = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount / 2, 1, Ahead)).Select(i => new Thread(Fill) { IsBackground = true, Name = $"clips {i}" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>Batches of the whole pass, the skipped ones included.</summary>
    public int Batches { get; }

    /// <summary>The next batch, or null at the end. Waits for it; rethrows what a reading thread threw.</summary>
    public ClipBatch? Take()
    {
        lock (_lock)
        {
            if (_nextToTake >= Batches)
                return null;
            ClipBatch? batch;
            while (!_filled.Remove(_nextToTake, out batch))
            {
                _fault?.Throw();
                Monitor.Wait(_lock);
            }

            _nextToTake++;
            return batch;
        }
    }

    /// <summary>Gives a batch's buffer back; the batch may not be used any more.</summary>
    public void Return(ClipBatch batch)
    {
        lock (_lock)
        {
            _free.Push(batch.Pixels);
            Monitor.PulseAll(_lock);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Monitor.PulseAll(_lock);
        }

        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Fill()
    {
        while (Reserve() is (int index, byte[] pixels))
        {
            try
            {
                int first = index * _batchSize;
                ClipChoice[] clips = _order[first..Math.Min(_order.Length, first + _batchSize)];
                int[] lengths = new int[clips.Length];
                for (int i = 0; i < clips.Length && !Volatile.Read(ref _disposed); i++)
                    lengths[i] = _read(clips[i].Sample, _epoch, clips[i].Place, pixels.AsSpan(i * _clipBytes, _clipBytes));
                Publish(index, new ClipBatch(pixels, [.. clips.Select(c => c.Sample)], lengths));
            }
            catch (Exception e)
            {
                Fail(e);
                return;
            }
        }
    }

    private (int Index, byte[] Pixels)? Reserve()
    {
        lock (_lock)
        {
            while (!_disposed && _nextToFill < Batches && _free.Count == 0)
                Monitor.Wait(_lock);
            return _disposed || _nextToFill >= Batches || _fault is not null ? null : (_nextToFill++, _free.Pop());
        }
    }

    private void Publish(int index, ClipBatch batch)
    {
        lock (_lock)
        {
            _filled[index] = batch;
            Monitor.PulseAll(_lock);
        }
    }

    private void Fail(Exception e)
    {
        lock (_lock)
        {
            _fault ??= ExceptionDispatchInfo.Capture(e);
            Monitor.PulseAll(_lock);
        }
    }
}
