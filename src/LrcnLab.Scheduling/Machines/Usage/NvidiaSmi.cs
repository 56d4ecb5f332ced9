using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using LrcnLab.Core.Machines;
using LrcnLab.Storage;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Machines.Usage;

/// <summary>Asks the driver's own tool how busy the GPUs are. A machine without it has none; a tool that fails or hangs is left alone for a while.</summary>
internal sealed class NvidiaSmi(LabOptions options, TimeProvider clock, ILogger<NvidiaSmi> logger)
{
    private const string Query = "--query-gpu=index,uuid,name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3), Rest = TimeSpan.FromMinutes(5);

    private DateTimeOffset _askAgain;

    public async Task<IReadOnlyList<GpuUsage>> AskAsync(CancellationToken cancellationToken)
    {
        if (options.NvidiaSmi.Length == 0 || clock.GetUtcNow() < _askAgain)
            return [];
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(options.NvidiaSmi, [Query, "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            return await ReadAsync(process, cancellationToken);
        }
        catch (Win32Exception)
        {
            // There is no such program: the usual case, and none worth a word.
            _askAgain = DateTimeOffset.MaxValue;
            return [];
        }
    }

    private async Task<IReadOnlyList<GpuUsage>> ReadAsync(Process process, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode == 0)
                return Parse(output);
            LeaveAlone($"exit code {process.ExitCode}: {(output + await errors).Trim()}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LeaveAlone($"it took longer than {Patience.TotalSeconds} seconds");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        return [];
    }

    private void LeaveAlone(string problem)
    {
        _askAgain = clock.GetUtcNow() + Rest;
        logger.LogWarning("{Tool} could not say how busy the GPUs are ({Problem}); it is asked again in {Minutes} minutes", options.NvidiaSmi, problem, Rest.TotalMinutes);
    }

    /// <summary>Lines of <see cref="Query"/> without units; memory in MiB. What a driver cannot say stands in brackets, such as <c>[N/A]</c>.</summary>
    public static IReadOnlyList<GpuUsage> Parse(string output) =>
    [
        .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',', StringSplitOptions.TrimEntries)).Where(f => f.Length == 8 && int.TryParse(f[0], CultureInfo.InvariantCulture, out _))
            .Select(f => new GpuUsage(int.Parse(f[0], CultureInfo.InvariantCulture), f[1], f[2], Number(f[3]), Bytes(f[4]), Bytes(f[5]), Number(f[6]), Number(f[7]))),
    ];

    private static double? Number(string field) => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    private static long? Bytes(string field) => Number(field) is double mebibytes ? (long)(mebibytes * (1 << 20)) : null;
}
