using System.CommandLine;
using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Clips;
using static TorchSharp.torch;

namespace LrcnLab.Worker.Commands;

/// <summary><c>clips SPEC --data DIR --samples 1,5,9 --output DIR</c>: pictures of what a network sees of some samples.</summary>
internal static class ClipsCommand
{
    private sealed record Arguments(RunSpec Spec, string SpecPath, string? Data, string Samples, int? Epoch, bool Normalized, string? Prepared, string Output);

    public static Command Create()
    {
        var spec = new Argument<string>("SPEC") { Description = CommonOptions.SpecDescription };
        var set = CommonOptions.Set();
        var data = CommonOptions.Data();
        var samples = new Option<string>("--samples") { Description = "Places of samples in the manifest, from 0, such as 1,5,9.", Required = true, HelpName = "LIST" };
        var epoch = new Option<int?>("--epoch") { Description = "Draws the clips of this training epoch, from 1. Default: the clips that evaluation reads, without chance.", HelpName = "N" };
        epoch.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--epoch must be at least 1.");
        });
        var seed = new Option<int?>("--seed") { Description = "In place of the specification's training.seed.", HelpName = "N" };
        var normalized = new Option<bool>("--normalized") { Description = "Shows values after normalisation: mid-grey is 0, black and white are 3 deviations away." };
        var prepared = new Option<string?>("--prepared") { Description = "Folder of prepared frames, used when it has this data set at this size. Default: decode these samples.", HelpName = "DIR" };
        var output = new Option<string>("--output") { Description = "Folder for the pictures; created when missing.", Required = true, HelpName = "DIR" };
        var json = CommonOptions.Json();
        var command = new Command("clips", "Draws clips as training reads them: sampling, size, colour and augmentation are the same code. One PNG a sample, frames side by side.")
        {
            spec, set, data, samples, epoch, seed, normalized, prepared, output, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            List<string> changes = [.. parsed.GetValue(set) ?? []];
            if (parsed.GetValue(seed) is int number)
                changes.Add(string.Create(CultureInfo.InvariantCulture, $"training.seed={number}"));
            string path = parsed.GetRequiredValue(spec);
            if (await SpecFile.ReadAsync(path, changes, cancel) is not RunSpec read)
                return WorkerProtocol.ExitBadInput;
            var arguments = new Arguments(
                read, path, parsed.GetValue(data), parsed.GetRequiredValue(samples), parsed.GetValue(epoch), parsed.GetValue(normalized), parsed.GetValue(prepared), parsed.GetRequiredValue(output));
            return await Session.RunAsync(parsed.GetValue(json), supervised: false, journalPath: null, session => Draw(session, arguments));
        });
        return command;
    }

    private static Ending Draw(Session session, Arguments arguments)
    {
        var (manifest, refusal) = DatasetSource.Load(session, arguments.Data, arguments.Spec.Data, arguments.SpecPath, arguments.Output);
        if (manifest is null)
            return Ending.Refused(refusal!);
        (int[] samples, refusal) = Parse(arguments.Samples, manifest);
        if (refusal is not null)
            return Ending.Refused(refusal);
        (Device? device, refusal) = Preparation.DeviceOf(arguments.Spec);
        if (refusal is not null)
            return Ending.Refused(refusal);
        ClipSheets.Write(
            manifest, arguments.Spec, new ClipDraw(samples, arguments.Epoch, arguments.Normalized), arguments.Prepared, arguments.Output, session.Progress("decoding"), session.Canceled,
            (some, folder) => Preparation.Prepare(session, some, arguments.Spec.Data, folder, device));
        session.Emit(new LogEvent { Level = LogLevel.Information, Message = $"{samples.Length} clips are drawn in {arguments.Output}." });
        return Ending.Completed;
    }

    private static (int[] Samples, string? Refusal) Parse(string list, DatasetManifest manifest)
    {
        var samples = new List<int>();
        foreach (string word in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int sample) || sample >= manifest.Samples.Count)
                return ([], $"\"{word}\" is no sample of {manifest.Name}: --samples takes whole numbers from 0 to {manifest.Samples.Count - 1}, parted by commas.");
            samples.Add(sample);
        }

        return samples.Count == 0 ? ([], "--samples names no sample.") : ([.. samples], null);
    }
}
