using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Workers;

namespace LrcnLab.Scheduling.Runs;

/// <summary>Appends to a run's log. Safe for several threads.</summary>
internal sealed class RunLogWriter : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _file;
    private readonly string _older;
    private FileStream _stream;
    private long _number;
    private long _sequence;

    /// <param name="lastNumber">Of the last line that is there.</param>
    /// <param name="lastSequence">Of the last worker event that is there.</param>
    public RunLogWriter(string file, string older, long lastNumber, long lastSequence)
    {
        _file = file;
        _older = older;
        _number = lastNumber;
        _sequence = lastSequence;
        _stream = Open();
        // After a program that was killed within a line, the next one begins on a line of its own.
        if (_stream.Length > 0)
            _stream.WriteByte((byte)'\n');
    }

    /// <summary>Adds a line of a worker event; does nothing when the event's line is there already.</summary>
    public void Append(LogEvent line)
    {
        lock (_lock)
        {
            if (line.Sequence <= _sequence)
                return;
            _sequence = line.Sequence;
            Write(new LogLine(++_number, line.Time, line.Level, LogText.CleanInColours(line.Message)) { Sequence = line.Sequence });
        }
    }

    /// <summary>Adds a line of the server's own.</summary>
    public void Append(DateTime time, LogLevel level, string message)
    {
        lock (_lock)
            Write(new LogLine(++_number, time, level, LogText.CleanInColours(message)));
    }

    public void Dispose()
    {
        lock (_lock)
            _stream.Dispose();
    }

    private void Write(LogLine line)
    {
        _stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, LabJson.Options) + "\n"));
        if (_stream.Length < RunLog.MaxFileBytes)
            return;
        _stream.Dispose();
        File.Move(_file, _older, overwrite: true);
        _stream = Open();
    }

    private FileStream Open() => new(_file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
