using System.Diagnostics;
using System.Text;

namespace LrcnLab.Media.Decoding;

/// <summary>A running outside program whose output is read; ended when it is disposed, cancelled, silent for too long, or busy for longer than its work can take.</summary>
internal sealed class OutsideProgram : IDisposable
{
    private const int MaxErrorText = 4000;

    private readonly Process _process;
    private readonly string _path;
    private readonly StringBuilder _errors = new();
    private readonly Timer _watchdog;
    private readonly CancellationTokenRegistration _cancellation;
    private readonly TimeSpan _total;
    private readonly long _started = Stopwatch.GetTimestamp();
    private volatile bool _timedOut;

    /// <param name="path">What it works on, for messages.</param>
    /// <param name="start">The program.</param>
    /// <param name="total">Ends it after this time even if it is not silent, see <see cref="MediaLimits.TimeFor"/>.</param>
    /// <param name="ct">Ends it.</param>
    public OutsideProgram(string path, ProcessStartInfo start, TimeSpan total, CancellationToken ct)
    {
        (_path, _total) = (path, total);
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, e) => KeepError(e.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginErrorReadLine();
        _watchdog = new Timer(_ => { _timedOut = true; Kill(); }, null, Patience(), Timeout.InfiniteTimeSpan);
        _cancellation = ct.Register(Kill);
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Fills the buffer. False at the end of the output; a part of a buffer counts as the end.</summary>
    public bool Read(Span<byte> buffer, CancellationToken ct)
    {
        int read = Output.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        _watchdog.Change(Patience(), Timeout.InfiniteTimeSpan);
        ct.ThrowIfCancellationRequested();
        return read == buffer.Length;
    }

    /// <summary>True when nothing more comes and the program reports success.</summary>
    public bool IsAtEnd(CancellationToken ct)
    {
        if (Output.ReadByte() >= 0)
            return false;
        _process.WaitForExit();
        ct.ThrowIfCancellationRequested();
        return _process.ExitCode == 0;
    }

    /// <summary>Waits for the end of the program.</summary>
    /// <exception cref="MediaException">It failed; the message carries its own last words.</exception>
    public void Finish(CancellationToken ct)
    {
        _process.WaitForExit();
        ct.ThrowIfCancellationRequested();
        if (_timedOut)
        {
            throw new MediaException(Stopwatch.GetElapsedTime(_started) < _total
                ? $"{_path} could not be decoded: ffmpeg gave no frame for {MediaLimits.Silence.TotalSeconds:0} seconds and was ended."
                : $"{_path} could not be decoded: ffmpeg was not done after {_total.TotalSeconds:0} seconds, far more than a video of its length needs, and was ended.");
        }

        if (_process.ExitCode != 0)
            throw new MediaException($"{_path} could not be decoded by ffmpeg: {Reason()}");
    }

    /// <summary>How long it may stay silent from now on.</summary>
    private TimeSpan Patience()
    {
        TimeSpan left = _total - Stopwatch.GetElapsedTime(_started);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < MediaLimits.Silence ? left : MediaLimits.Silence;
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _watchdog.Dispose();
        Kill();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended by itself in this instant.
        }
    }

    private void KeepError(string? line)
    {
        lock (_errors)
        {
            if (line is not null && _errors.Length < MaxErrorText)
                _errors.AppendLine(line);
        }
    }

    private string Reason()
    {
        lock (_errors)
        {
            string last = _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? $"exit code {_process.ExitCode}";
            return last.Replace("file:" + Path.GetFullPath(_path) + ": ", "", StringComparison.Ordinal).TrimEnd('.') + ".";
        }
    }
}
