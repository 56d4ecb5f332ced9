using System.CommandLine;
using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using static TorchSharp.torch;

namespace LrcnLab.Worker.Commands;

/// <summary><c>prepare SPEC --prepared DIR</c>: decodes a data set once for a specification's frame size.</summary>
internal static class PrepareCommand
{
    public static Command Create()
    {
        var spec = new Argument<string>("SPEC") { Description = CommonOptions.SpecDescription + " Its frame size and colour count." };
        var set = CommonOptions.Set();
        var data = CommonOptions.Data();
        var prepared = new Option<string>("--prepared") { Description = "Folder of prepared frames; created when missing.", Required = true, HelpName = "DIR" };
        var json = CommonOptions.Json();
        var command = new Command("prepare", "Decodes all clips of a data set, or computes their optical flow, into files that training reads at memory speed.") { spec, set, data, prepared, json };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetRequiredValue(spec), parsed.GetValue(set) ?? [], parsed.GetValue(data), parsed.GetRequiredValue(prepared), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, IReadOnlyList<string> set, string? data, string prepared, bool json, CancellationToken cancel)
    {
        if (await SpecFile.ReadAsync(path, set, cancel) is not RunSpec spec)
            return WorkerProtocol.ExitBadInput;
        return await Session.RunAsync(json, supervised: false, journalPath: null, session =>
        {
            var (manifest, refusal) = DatasetSource.Load(session, data, spec.Data, path, prepared);
            if (manifest is null)
                return Ending.Refused(refusal!);
            (Device? device, refusal) = Preparation.DeviceOf(spec);
            if (refusal is not null)
                return Ending.Refused(refusal);
            string size = (Preparation.EstimateBytes(manifest, spec.Data) / 1e6).ToString("N1", CultureInfo.InvariantCulture);
            session.Emit(new LogEvent { Level = LogLevel.Information, Message = $"The prepared frames of {manifest.Name} take {size} MB." });
            string folder = Preparation.Prepare(session, manifest, spec.Data, prepared, device, thorough: true);
            session.Emit(new LogEvent { Level = LogLevel.Information, Message = $"{manifest.Samples.Count} clips are prepared in {folder}." });
            return Ending.Completed;
        });
    }
}
