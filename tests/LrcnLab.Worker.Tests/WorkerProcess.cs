using System.Collections.Concurrent;
using System.Diagnostics;
using LrcnLab.Core.Events;
using Xunit;

namespace LrcnLab.Worker.Tests;

/// <summary>The real worker, started as a server or a person starts it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly BlockingCollection<string> _lines = [];

    private WorkerProcess(IEnumerable<string> arguments)
    {
        string executable = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "LrcnLab.Worker.exe" : "LrcnLab.Worker");
        _process = Process.Start(new ProcessStartInfo(executable, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, e) => _errors.Enqueue(e.Data ?? "");
        _process.BeginErrorReadLine();
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
                _lines.CompleteAdding();
            else
                _lines.Add(e.Data);
        };
        _process.BeginOutputReadLine();
    }

    public string Errors => string.Join('\n', _errors).Trim();

    public static WorkerProcess Start(params IEnumerable<string> arguments) => new(arguments);

    /// <summary>Runs to the end.</summary>
    public static async Task<(int ExitCode, string[] Lines, string Errors)> RunAsync(params IEnumerable<string> arguments)
    {
        using WorkerProcess worker = Start(arguments);
        string[] lines = [.. worker._lines.GetConsumingEnumerable(TestContext.Current.CancellationToken)];
        return (await worker.ExitAsync(), lines, worker.Errors);
    }

    /// <summary>Reads events until one of a kind comes.</summary>
    public TEvent WaitFor<TEvent>(Func<TEvent, bool>? condition = null) where TEvent : WorkerEvent
    {
        foreach (string line in _lines.GetConsumingEnumerable(TestContext.Current.CancellationToken))
        {
            if (WorkerEvent.Parse(line) is TEvent e && (condition is null || condition(e)))
                return e;
        }

        throw new InvalidOperationException($"The worker ended without {typeof(TEvent).Name}: {Errors}");
    }

    public void Write(string line) => _process.StandardInput.WriteLine(line);

    public void CloseInput() => _process.StandardInput.Close();

    public void Kill() => _process.Kill();

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _lines.Dispose();
    }
}
