using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Training;

namespace LrcnLab.Worker.Commands;

/// <summary><c>probe SPEC --classes N</c>: what a step of a specification costs on this machine.</summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        var spec = new Argument<string>("SPEC") { Description = CommonOptions.SpecDescription };
        var set = CommonOptions.Set();
        var classes = CommonOptions.Classes();
        var json = CommonOptions.Json();
        var command = new Command("probe", "Trains two steps on clips of noise and prints seconds a step and memory. Needs no data.") { spec, set, classes, json };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(spec), parsed.GetValue(set) ?? [], parsed.GetValue(classes), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, IReadOnlyList<string> set, int classes, bool json, CancellationToken cancel)
    {
        if (await SpecFile.ReadAsync(path, set, cancel) is not RunSpec spec)
            return WorkerProtocol.ExitBadInput;
        TorchRuntime.Start(spec.Resources.Threads);
        var (device, noDevice) = TorchRuntime.Select(spec.Resources.Device);
        if (device is null)
        {
            await Console.Error.WriteLineAsync(noDevice);
            return WorkerProtocol.ExitBadInput;
        }

        StepCost cost = StepProbe.Measure(spec, classes, device);
        Console.WriteLine(json || Console.IsOutputRedirected
            ? JsonSerializer.Serialize(cost, LabJson.Indented)
            : string.Create(CultureInfo.InvariantCulture, $"{cost.SecondsPerStep:0.####} s a step on {cost.Device}, {cost.PeakBytes / 1e6:N0} MB of memory"));
        return WorkerProtocol.ExitDone;
    }
}
