using LrcnLab.Core.Events;

namespace LrcnLab.FakeWorker;

/// <summary>What standard input asked for.</summary>
internal sealed class Wish
{
    private volatile string? _line;

    public Wish(bool deaf)
    {
        if (deaf)
            return;
        new Thread(() =>
        {
            while (Console.In.ReadLine() is string line)
                _line = line;
            _line ??= WorkerProtocol.Pause;
        })
        { IsBackground = true }.Start();
    }

    public Outcome? Asked => _line switch { WorkerProtocol.Stop => Outcome.Stopped, WorkerProtocol.Pause => Outcome.Paused, _ => null };
}
