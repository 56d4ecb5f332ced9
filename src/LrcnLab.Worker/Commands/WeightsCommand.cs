using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Models;
using LrcnLab.Training.Checkpoints;
using Spectre.Console;

namespace LrcnLab.Worker.Commands;

/// <summary><c>weights FILE</c>: what a file of weights holds and which networks it fits.</summary>
internal static class WeightsCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Weights: safetensors, .pth of PyTorch, or a checkpoint of a run." };
        var json = CommonOptions.Json();
        var command = new Command("weights", "Prints names and shapes of the tensors in a file of weights, and the known networks that it fits. Executes nothing of it.") { file, json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(file), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool json)
    {
        WeightsSummary summary;
        try
        {
            using FileStream file = File.OpenRead(path);
            summary = WeightFormats.Describe(file);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return WorkerProtocol.ExitBadInput;
        }

        if (json)
            Console.WriteLine(JsonSerializer.Serialize(summary, LabJson.Indented));
        else
            Print(summary);
        return WorkerProtocol.ExitDone;
    }

    private static void Print(WeightsSummary summary)
    {
        var table = new Table().AddColumns("Name", "Shape", "Type");
        foreach (WeightsTensor tensor in summary.Tensors)
            table.AddRow(Markup.Escape(tensor.Name), string.Join(" x ", tensor.Shape), tensor.Type);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{summary.Tensors.Count:N0} tensors, {summary.Parameters:N0} numbers; fits {(summary.Networks.Count == 0 ? "no known network" : string.Join(", ", summary.Networks))}"));
    }
}
