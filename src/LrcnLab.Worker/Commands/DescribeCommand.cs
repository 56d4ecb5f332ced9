using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using Spectre.Console;

namespace LrcnLab.Worker.Commands;

/// <summary><c>describe SPEC --classes N</c>: the network that a specification means.</summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        var spec = new Argument<string>("SPEC") { Description = CommonOptions.SpecDescription };
        var set = CommonOptions.Set();
        var classes = CommonOptions.Classes();
        var json = CommonOptions.Json();
        var command = new Command("describe", "Prints layers, shapes, parameters, operations and memory of a specification's network.") { spec, set, classes, json };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(spec), parsed.GetValue(set) ?? [], parsed.GetValue(classes), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, IReadOnlyList<string> set, int classes, bool json, CancellationToken cancel)
    {
        if (await SpecFile.ReadAsync(path, set, cancel) is not RunSpec spec)
            return WorkerProtocol.ExitBadInput;
        ModelSummary summary = ModelSummary.Of(spec, classes);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(summary, LabJson.Indented));
        else
            Print(summary);
        return WorkerProtocol.ExitDone;
    }

    private static void Print(ModelSummary summary)
    {
        var table = new Table().AddColumns("Layer", "Type", "Output", "Parameters", "MFLOP a clip");
        table.Columns[3].RightAligned();
        table.Columns[4].RightAligned();
        foreach (LayerSummary layer in summary.Layers)
            table.AddRow(layer.Name, layer.Type, string.Join(" x ", layer.OutputShape), Number(layer.Parameters), Number(layer.Flops / 1e6));
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{Number(summary.Parameters)} parameters ({Number(summary.TrainableParameters)} trained, {Number(summary.ParametersKeras)} as Keras counts)");
        AnsiConsole.WriteLine($"{Number(summary.FlopsPerClip / 1e6)} MFLOP a clip, {Number(summary.MemoryBytes / 1e6)} MB for training");
    }

    private static string Number(double value) => value.ToString(value is > 0 and < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);
}
