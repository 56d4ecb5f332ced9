using System.Threading.Channels;
using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Workers;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Turns a worker's standard output into events. Holds a bounded number of them: a server that cannot keep up makes the worker wait, nothing is dropped.</summary>
internal sealed class WorkerOutput(LineReader lines, CheckInClock checkIns, Action<LogLevel, string> note)
{
    private const int Capacity = 4096;
    private const int BatchSize = 2048;
    private const int GarbageShown = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<WorkerEvent> _events = Channel.CreateBounded<WorkerEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>Reads until the output ends or <see cref="Close"/> is called.</summary>
    public async Task ReadAsync()
    {
        long garbage = 0;
        try
        {
            while (await lines.ReadAsync(CancellationToken.None) is Line line)
            {
                WorkerEvent? e = line.TooLong ? null : WorkerEvent.Parse(line.Text);
                if (e is null)
                {
                    if (++garbage <= GarbageShown && line.Text.Length > 0)
                        note(LogLevel.Warning, $"The worker wrote {(line.TooLong ? "a line that is too long" : "something that is no event")}: {Shorten(line.Text)}");
                    continue;
                }

                if (e is CheckInEvent checkIn)
                    checkIns.Promise(checkIn.ExpectNextInSeconds);
                else
                    checkIns.Heard(Patience);
                await _events.Writer.WriteAsync(e);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or ChannelClosedException)
        {
            // The worker is gone, or nobody wants to hear it any more.
        }
        finally
        {
            if (garbage > GarbageShown)
                note(LogLevel.Warning, $"The worker wrote {garbage:N0} lines that were no events; the first {GarbageShown} are above.");
            Close();
        }
    }

    public void Close() => _events.Writer.TryComplete();

    /// <summary>Events in the order in which they came.</summary>
    public async IAsyncEnumerable<IReadOnlyList<WorkerEvent>> BatchesAsync()
    {
        while (await _events.Reader.WaitToReadAsync())
        {
            var batch = new List<WorkerEvent>();
            while (batch.Count < BatchSize && _events.Reader.TryRead(out WorkerEvent? e))
                batch.Add(e);
            yield return batch;
        }
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : $"{text.AsSpan(0, 200)}…";
}
