using System.Runtime.ExceptionServices;

namespace LrcnLab.Training.Clips;

/// <summary>
/// Reads the batches of one pass ahead of the training thread: threads fill <see cref="Buffers"/> pooled buffers, clip by clip and several at the same batch,
/// and <see cref="Take"/> gives them out in the given order. The order and content depend only on the arguments, not on the threads.
/// </summary>
public sealed class ClipLoader : IDisposable
{
    /// <summary>Batches that are in memory at most, those included that were taken and not yet returned.</summary>
    public const int Buffers = 4;

    private readonly ClipSource _source;
    private readonly ClipChoice[] _order;
    private readonly int? _epoch;
    private readonly int _batchSize;
    private readonly object _lock = new();
    private readonly Dictionary<int, ClipBatch> _filled = [];
    private readonly Stack<byte[]> _free = [];
    private readonly Thread[] _threads;
    private Filling? _current;
    private int _nextToFill;
    private int _nextToTake;
    private int _faultyBatch = int.MaxValue;
    private ExceptionDispatchInfo? _fault;
    private bool _disposed;

    /// <param name="source">Fills clips.</param>
    /// <param name="order">Clips in the order in which they are wanted.</param>
    /// <param name="epoch">Passed on to the source.</param>
    /// <param name="batchSize">Clips a batch; the last batch may be smaller.</param>
    /// <param name="firstBatch">Batches to skip.</param>
    /// <param name="threads">Threads that read; 0 for one a core.</param>
    public ClipLoader(ClipSource source, ClipChoice[] order, int? epoch, int batchSize, int firstBatch = 0, int threads = 0)
    {
        (_source, _order, _epoch, _batchSize) = (source, order, epoch, batchSize);
        Batches = (order.Length + batchSize - 1) / batchSize;
        _nextToFill = _nextToTake = firstBatch;
        BatchBytes = checked(source.ClipBytes * Math.Min(batchSize, Math.Max(1, order.Length)));
        for (int i = 0; i < Math.Min(Buffers, Batches - firstBatch); i++)
            _free.Push(new byte[BatchBytes]);
        _threads = [.. Enumerable.Range(0, threads > 0 ? threads : Environment.ProcessorCount).Select(i => new Thread(Fill) { IsBackground = true, Name = $"clips {i}" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>Batches of the whole pass, the skipped ones included.</summary>
    public int Batches { get; }

    /// <summary>Bytes of one buffer. The loader holds <see cref="Buffers"/> of them, fewer where the pass has fewer batches, and never allocates another.</summary>
    public int BatchBytes { get; }

    /// <summary>Threads to read with: all cores that a run may use, but half of them where the same cores train.</summary>
    /// <param name="cores">That the run may use; 0 for all of the machine.</param>
    /// <param name="trainsOnThem">The model computes on the CPU.</param>
    public static int Threads(int cores, bool trainsOnThem) => Math.Max(1, (cores > 0 ? cores : Environment.ProcessorCount) / (trainsOnThem ? 2 : 1));

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
                if (_nextToTake >= _faultyBatch)
                    _fault!.Throw();
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
            _free.Push(batch.Bytes);
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
        while (Reserve() is (Filling batch, int clip))
        {
            try
            {
                ClipChoice choice = _order[batch.Index * _batchSize + clip];
                batch.Lengths[clip] = _source.Read(choice.Sample, _epoch, choice.Place, batch.Bytes.AsSpan(clip * _source.ClipBytes, _source.ClipBytes));
                Finish(batch);
            }
            catch (Exception e)
            {
                Fail(e, batch.Index);
                return;
            }
        }
    }

    /// <summary>The next clip, in order: so all clips before one that fails are in somebody's hands already, and their batches come out whole.</summary>
    private (Filling Batch, int Clip)? Reserve()
    {
        lock (_lock)
        {
            while (!_disposed && _fault is null)
            {
                if (_current is null && _nextToFill < Batches && _free.TryPop(out byte[]? bytes))
                    _current = new Filling(_nextToFill, bytes, new int[Math.Min(_batchSize, _order.Length - _nextToFill++ * _batchSize)]);
                if (_current is { } batch)
                {
                    int clip = batch.Reserved++;
                    if (batch.Reserved == batch.Lengths.Length)
                        _current = null;
                    return (batch, clip);
                }

                if (_nextToFill >= Batches)
                    return null;
                Monitor.Wait(_lock);
            }

            return null;
        }
    }

    private void Finish(Filling batch)
    {
        lock (_lock)
        {
            if (++batch.Finished < batch.Lengths.Length)
                return;
            _filled[batch.Index] = new ClipBatch(batch.Bytes, [.. _order.AsSpan(batch.Index * _batchSize, batch.Lengths.Length).ToArray().Select(c => c.Sample)], batch.Lengths) { Features = _source.Features };
            Monitor.PulseAll(_lock);
        }
    }

    private void Fail(Exception e, int batch)
    {
        lock (_lock)
        {
            _fault ??= ExceptionDispatchInfo.Capture(e);
            _faultyBatch = Math.Min(_faultyBatch, batch);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>A batch whose clips are being read. Changed under the lock only, but for the clips themselves.</summary>
    private sealed class Filling(int index, byte[] bytes, int[] lengths)
    {
        public int Index { get; } = index;
        public byte[] Bytes { get; } = bytes;
        public int[] Lengths { get; } = lengths;
        public int Reserved { get; set; }
        public int Finished { get; set; }
    }
}
