using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Machines;

/// <param name="Devices">At least the CPU.</param>
/// <param name="Problem">Why the worker could not list them, in words; then only the CPU is there.</param>
public sealed record DeviceList(IReadOnlyList<ComputeDevice> Devices, string? Problem);

/// <summary>Asks the worker which devices this machine has: only the worker may load the native libraries.</summary>
internal static class DeviceProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<DeviceList> AskAsync(LabOptions options, CancellationToken cancellationToken)
    {
        Process started;
        try
        {
            started = Process.Start(WorkerCommand.Create(options.WorkerPath, ["devices", "--json"]))!;
        }
        catch (Win32Exception e)
        {
            return Alone($"The worker that is to list devices cannot be started: {e.Message}");
        }

        using Process process = started;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token), errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
                return Alone($"The worker could not list devices (exit code {process.ExitCode}): {LogText.Clean((await errors).Trim())}");
            ComputeDevice[] devices = JsonSerializer.Deserialize<ComputeDevice[]>(await output, LabJson.Options) ?? [];
            return devices.Any(d => d.Kind == DeviceKind.Cpu) ? new DeviceList(devices, null) : Alone("The worker's list of devices has no CPU.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Alone($"The worker did not list devices within {Patience.TotalSeconds} seconds.");
        }
        catch (JsonException e)
        {
            return Alone($"The worker's list of devices cannot be read: {e.Message}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static DeviceList Alone(string problem) =>
        new([new ComputeDevice("cpu", DeviceKind.Cpu, "CPU", Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)], problem);
}
