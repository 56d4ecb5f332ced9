using System.ComponentModel;
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
        try
        {
            WorkerAnswer? answer = await WorkerAnswer.AskAsync(WorkerCommand.Create(options.WorkerPath, ["devices", "--json"]), Patience, cancellationToken);
            if (answer is null)
                return Alone($"The worker did not list devices within {Patience.TotalSeconds} seconds.");
            if (answer.ExitCode != 0)
                return Alone($"The worker could not list devices (exit code {answer.ExitCode}): {answer.Errors}");
            ComputeDevice[] devices = JsonSerializer.Deserialize<ComputeDevice[]>(answer.Output, LabJson.Options) ?? [];
            return devices.Any(d => d.Kind == DeviceKind.Cpu) ? new DeviceList(devices, null) : Alone("The worker's list of devices has no CPU.");
        }
        catch (Win32Exception e)
        {
            return Alone($"The worker that is to list devices cannot be started: {e.Message}");
        }
        catch (JsonException e)
        {
            return Alone($"The worker's list of devices cannot be read: {e.Message}");
        }
    }

    private static DeviceList Alone(string problem) =>
        new([new ComputeDevice("cpu", DeviceKind.Cpu, "CPU", Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)], problem);
}
