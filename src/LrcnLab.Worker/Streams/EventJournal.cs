using System.Text;
using LrcnLab.Core.Events;

namespace LrcnLab.Worker.Streams;

/// <summary>Stamps events with sequence and time and appends them to the run's <c>events.jsonl</c>, then shows them. Thread-safe.</summary>
internal sealed class EventJournal : IDisposable
{
    private readonly FileStream? _file;
    private readonly Action<WorkerEvent, string> _show;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private long _sequence;

    /// <param name="path">The journal to continue; null to keep none.</param>
    /// <param name="show">Receives each event and its line after it was written.</param>
    /// <param name="clock">Gives the events' times.</param>
    /// <exception cref="IOException">The file cannot be opened, or another worker writes it.</exception>
    public EventJournal(string? path, Action<WorkerEvent, string> show, TimeProvider clock)
    {
        (_show, _clock) = (show, clock);
        if (path is null)
            return;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        _sequence = Continue(_file);
    }

    /// <summary>The line is with the operating system before anybody else sees it, so a killed worker loses none that was shown.</summary>
    public void Emit(WorkerEvent e)
    {
        lock (_lock)
        {
            e = e with { Sequence = ++_sequence, Time = _clock.GetUtcNow().UtcDateTime };
            string line = e.ToLine();
            if (_file is not null)
            {
                _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
                _file.Flush(flushToDisk: e is CheckpointEvent or DoneEvent);
            }

            _show(e, line);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Cuts off a line that a killed worker left unfinished and returns the last sequence number.</summary>
    private static long Continue(FileStream file)
    {
        long last = 0, end = 0;
        using var reader = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        while (reader.ReadLine() is string line)
        {
            long next = end + Encoding.UTF8.GetByteCount(line) + 1;
            if (next > file.Length)
                break;
            end = next;
            last = Math.Max(last, WorkerEvent.Parse(line)?.Sequence ?? 0);
        }

        file.SetLength(end);
        file.Position = end;
        return last;
    }
}
