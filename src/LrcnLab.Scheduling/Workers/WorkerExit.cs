using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;

namespace LrcnLab.Scheduling.Workers;

/// <summary>What the end of a worker that did not say goodbye means.</summary>
internal static class WorkerExit
{
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [15] = "SIGTERM",
    };

    /// <summary>Interrupted when somebody else ended it, failed when it broke; and why, with its last words.</summary>
    /// <param name="exitCode">Above 128 for a signal.</param>
    /// <param name="lastErrors">Of its standard error.</param>
    /// <param name="memoryRanOut">The system ended a process for want of memory meanwhile; null when nobody looked.</param>
    public static (RunState State, string Reason) Explain(int exitCode, IReadOnlyList<string> lastErrors, bool? memoryRanOut = null)
    {
        int signal = exitCode > 128 && !OperatingSystem.IsWindows() ? exitCode - 128 : 0;
        if (signal == 9 && memoryRanOut == true)
            return (RunState.Failed, "The system ran out of memory and ended the worker (SIGKILL).");
        if (signal is 1 or 2 or 9 or 15)
        {
            string hint = signal == 9 && memoryRanOut is null ? " The system does this when memory runs out." : "";
            return (RunState.Interrupted, $"The worker was killed from outside ({Signals[signal]}).{hint}");
        }

        string what = signal != 0
            ? $"The worker crashed ({(Signals.TryGetValue(signal, out string? name) ? name : $"signal {signal}")}, exit code {exitCode})."
            : exitCode switch
            {
                WorkerProtocol.ExitDone => "The worker ended without saying how (exit code 0).",
                WorkerProtocol.ExitBadInput => "The worker refused its input (exit code 2).",
                _ => $"The worker failed (exit code {exitCode}).",
            };
        return (RunState.Failed, lastErrors.Count == 0 ? what : $"{what} Its last words: {string.Join(" | ", lastErrors.TakeLast(5))}");
    }
}
