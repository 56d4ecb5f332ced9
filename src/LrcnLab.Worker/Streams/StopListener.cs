using System.Runtime.InteropServices;
using LrcnLab.Core.Events;
using LrcnLab.Training;

namespace LrcnLab.Worker.Streams;

/// <summary>Hears requests to end: lines on standard input, Ctrl-C, SIGTERM.</summary>
internal sealed class StopListener : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly bool _supervised;

    /// <param name="supervised">The end of standard input means that the supervisor is gone: pause.</param>
    public StopListener(bool supervised)
    {
        _supervised = supervised;
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle), PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle)];
        if (Console.IsInputRedirected)
            new Thread(Listen) { IsBackground = true, Name = "stop requests" }.Start();
    }

    public StopSignal Signal { get; } = new();

    /// <summary>Canceled with any request, for work that can simply be dropped.</summary>
    public CancellationToken Canceled => _cancel.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
    }

    private void Ask(StopRequest request)
    {
        Signal.Ask(request);
        _cancel.Cancel();
    }

    /// <summary>
    /// The second signal is not handled, so that it kills. Under a supervisor Ctrl-C in the terminal reaches both: the supervisor decides about the run,
    /// which is to go on later, so a signal never means more than a pause then.
    /// </summary>
    private void Handle(PosixSignalContext context)
    {
        if (_supervised)
        {
            context.Cancel = true;
            Ask(StopRequest.Pause);
            return;
        }

        context.Cancel = Signal.Request != StopRequest.Stop;
        Ask(StopRequest.Stop);
    }

    private void Listen()
    {
        while (Console.In.ReadLine() is string line)
        {
            switch (line.Trim())
            {
                case WorkerProtocol.Stop:
                    Ask(StopRequest.Stop);
                    break;
                case WorkerProtocol.Pause:
                    Ask(StopRequest.Pause);
                    break;
            }
        }

        if (_supervised)
            Ask(StopRequest.Pause);
    }
}
