using System.Text;
using LrcnLab.Core;
using LrcnLab.Core.Events;

namespace LrcnLab.FakeWorker;

/// <summary>Journal first, then standard output; numbers go on where the journal ends.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly FileStream _journal;
    private readonly Stream _output = Console.OpenStandardOutput();
    private long _sequence;

    public EventWriter(string folder)
    {
        string file = Path.Combine(folder, WorkerProtocol.JournalFile);
        if (File.Exists(file))
        {
            _sequence = File.ReadLines(file).Select(l => WorkerEvent.Parse(l)?.Sequence ?? 0).DefaultIfEmpty().Max();
            File.AppendAllText(file, "\n");
        }

        _journal = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Events get lost on the way to the server.</summary>
    public bool WriteJournalOnly { get; set; }

    public void Write(WorkerEvent e)
    {
        byte[] line = Encoding.UTF8.GetBytes((e with { Sequence = ++_sequence, Time = DateTime.UtcNow }).ToLine() + "\n");
        try
        {
            _journal.Write(line);
        }
        catch (IOException full) when (full.IsDiskFull())
        {
            Console.Error.WriteLine("The disk is full.");
            Environment.Exit(WorkerProtocol.ExitFault);
        }

        if (!WriteJournalOnly)
            _output.Write(line);
    }

    public void Dispose() => _journal.Dispose();
}
