using System.Diagnostics;

namespace LrcnLab.Scheduling.Workers;

/// <summary>What a worker said that was asked one question and ended.</summary>
/// <param name="Errors">Of its error output, clean of what is not for people.</param>
internal sealed record WorkerAnswer(int ExitCode, string Output, string Errors)
{
    /// <returns>Null when it took longer than <paramref name="patience"/>; it is killed then.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The worker cannot be started.</exception>
    public static async Task<WorkerAnswer?> AskAsync(ProcessStartInfo start, TimeSpan patience, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token), errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new WorkerAnswer(process.ExitCode, await output, LogText.Clean((await errors).Trim()));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
