using System.CommandLine;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Training;

namespace LrcnLab.Worker.Commands;

/// <summary><c>devices</c>: where this build can compute.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("devices", "Lists the devices that this build of the worker can train on.") { json };
        command.SetAction(parsed =>
        {
            TorchRuntime.Start(threads: 0);
            IReadOnlyList<ComputeDevice> devices = ComputeDevices.List();
            if (parsed.GetValue(json) || Console.IsOutputRedirected)
                Console.WriteLine(JsonSerializer.Serialize(devices, LabJson.Indented));
            else
                Console.WriteLine(string.Join(Environment.NewLine, devices.Select(d => $"{d.Id}: {d.Name}, {(d.Cores > 0 ? $"{d.Cores} cores, " : "")}{d.MemoryBytes / (double)(1 << 30):0.0} GiB")));
            return WorkerProtocol.ExitDone;
        });
        return command;
    }
}
