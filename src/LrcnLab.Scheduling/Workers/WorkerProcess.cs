using System.ComponentModel;
using System.Diagnostics;

namespace LrcnLab.Scheduling.Workers;

/// <summary>A running worker: its output, its input, its end.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>A confusion matrix of 1,000 classes has about 2 MB.</summary>
    public const int MaxEventBytes = 16 << 20;

    private const int MaxErrorBytes = 8 << 10;
    private const int ErrorLinesKept = 12;

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly Task _readingErrors;

    private WorkerProcess(Process process, Action<string> onErrorLine)
    {
        _process = process;
        Identity = ProcessIdentity.Of(process);
        Output = new LineReader(process.StandardOutput.BaseStream, MaxEventBytes);
        // Must be read always: a worker blocks when nobody empties its standard error.
        _readingErrors = Task.Run(() => ReadErrorsAsync(onErrorLine));
    }

    public ProcessIdentity Identity { get; }

    public LineReader Output { get; }

    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines of standard error, oldest first.</summary>
    public IReadOnlyList<string> LastErrors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    /// <param name="onErrorLine">Called for each line of standard error, from another thread; must not throw.</param>
    public static WorkerProcess Start(ProcessStartInfo start, Action<string> onErrorLine) => new(Process.Start(start)!, onErrorLine);

    /// <summary>Writes a line to the worker's input; a worker that is gone does not hear it.</summary>
    public async Task SendAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.WriteAsync($"{line}\n".AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its exit is noticed where exits are noticed.
        }
    }

    /// <summary>Ends the worker and everything that it started, at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself.
        }
    }

    /// <summary>Waits until what the worker wrote to standard error is read, unless something it left behind keeps that open.</summary>
    public async Task WaitForErrorsAsync(TimeSpan atMost) => await Task.WhenAny(_readingErrors, Task.Delay(atMost));

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    /// <remarks><see cref="Process.WaitForExitAsync"/> also waits for the end of redirected streams, which a grandchild can hold open.</remarks>
    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => exited.TrySetResult();
        if (_process.HasExited)
            return;
        await exited.Task.WaitAsync(cancellationToken);
    }

    private async Task ReadErrorsAsync(Action<string> onErrorLine)
    {
        var reader = new LineReader(_process.StandardError.BaseStream, MaxErrorBytes);
        try
        {
            while (await reader.ReadAsync(CancellationToken.None) is Line line)
            {
                if (string.IsNullOrWhiteSpace(line.Text))
                    continue;
                Keep(LogText.Clean(line.Text).Trim());
                onErrorLine(line.Text);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The worker is gone.
        }
    }

    private void Keep(string line)
    {
        // What was called from where stands in the log; as a reason it only hides the message above it.
        if (line.StartsWith("at ", StringComparison.Ordinal) || line.StartsWith("frame #", StringComparison.Ordinal))
            return;
        lock (_errors)
        {
            _errors.Enqueue(line.Length > 300 ? line[..300] : line);
            if (_errors.Count > ErrorLinesKept)
                _errors.Dequeue();
        }
    }
}
