using System.Runtime.CompilerServices;
using LrcnLab.Core.Events;

namespace LrcnLab.Scheduling.Workers;

/// <summary>Reads the events that a worker wrote to its run's folder.</summary>
internal static class JournalReader
{
    /// <summary>The events after a sequence number, in order. A torn last line, or any other that is no event, is passed over.</summary>
    public static async IAsyncEnumerable<WorkerEvent> ReadAfterAsync(string runFolder, long sequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string file = Path.Combine(runFolder, WorkerProtocol.JournalFile);
        if (!File.Exists(file))
            yield break;
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        await SortedLines.SeekAsync(stream, WorkerProcess.MaxEventBytes, line => WorkerEvent.Parse(line)?.Sequence, sequence + 1, cancellationToken);
        var reader = new LineReader(stream, WorkerProcess.MaxEventBytes);
        while (await reader.ReadAsync(cancellationToken) is Line line)
        {
            if (!line.TooLong && WorkerEvent.Parse(line.Text) is WorkerEvent found && found.Sequence > sequence)
                yield return found;
        }
    }
}
