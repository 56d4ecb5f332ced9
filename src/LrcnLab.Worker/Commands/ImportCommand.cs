using System.CommandLine;
using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Media.Import;

namespace LrcnLab.Worker.Commands;

/// <summary><c>import PATH --name N --output DIR</c>: videos on disk to a data-set version. <c>import PATH --preview</c>: what that would be.</summary>
internal static class ImportCommand
{
    private static readonly ImportOptions Defaults = new();

    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "Folder in one of the known layouts, one of its lists or tables, or an archive (zip, tar, tar.gz) of such a folder." };
        var name = new Option<string?>("--name") { Description = "What people call the data set. Default: the name of the folder, table or archive.", HelpName = "NAME" };
        var output = new Option<string?>("--output") { Description = "Folder for manifest.json and previews; created when missing. Needed unless --preview is given.", HelpName = "DIR" };
        var preview = new Option<bool>("--preview") { Description = "Only say what would be imported: nothing is decoded and nothing written, but the content of an archive." };
        var unpack = new Option<string?>("--unpack") { Description = "Folder where an archive is unpacked. Default: files in the output folder; needed for the preview of an archive.", HelpName = "DIR" };
        var layout = new Option<string?>("--layout") { Description = "The layout, instead of recognising it.", HelpName = "LAYOUT" };
        layout.AcceptOnlyFromAmong([.. LayoutNames.All]);
        var split = new Option<int>("--split-number") { Description = "Which of the official splits, from 1.", HelpName = "N", DefaultValueFactory = _ => Defaults.SplitNumber };
        var validation = new Option<double>("--validation-share") { Description = "Share of the samples without an official split for validation.", HelpName = "SHARE", DefaultValueFactory = _ => Defaults.ValidationShare };
        var test = new Option<double>("--test-share") { Description = "Share of the samples without an official split for test.", HelpName = "SHARE", DefaultValueFactory = _ => Defaults.TestShare };
        var seed = new Option<int>("--seed") { Description = "Of the random split.", HelpName = "N", DefaultValueFactory = _ => Defaults.Seed };
        var json = CommonOptions.Json();
        var command = new Command("import", "Reads a folder of videos, a table or an archive once and writes down files, labels and splits. The videos stay where they are.")
        {
            path, name, output, preview, unpack, layout, split, validation, test, seed, json,
        };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(preview) && result.GetValue(output) is null)
                result.AddError("--output is needed: the folder for manifest.json and previews. (Or --preview, which writes nothing.)");
        });
        command.SetAction((parsed, cancel) =>
        {
            var options = new ImportOptions
            {
                Layout = parsed.GetValue(layout),
                SplitNumber = parsed.GetValue(split),
                ValidationShare = parsed.GetValue(validation),
                TestShare = parsed.GetValue(test),
                Seed = parsed.GetValue(seed),
            };
            string source = parsed.GetRequiredValue(path);
            string? unpackFolder = parsed.GetValue(unpack);
            if (parsed.GetValue(preview))
                return Task.Run(() => PreviewPrinter.Run(source, options, unpackFolder, parsed.GetValue(json), cancel), CancellationToken.None);
            string called = parsed.GetValue(name) ?? NameOf(source);
            return Session.RunAsync(parsed.GetValue(json), supervised: false, journalPath: null, session => Import(session, source, called, parsed.GetValue(output)!, options, unpackFolder));
        });
        return command;
    }

    private static string NameOf(string source)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
        string stem = Directory.Exists(source) ? name : Path.GetFileNameWithoutExtension(name);
        return stem.EndsWith(".tar", StringComparison.OrdinalIgnoreCase) ? stem[..^4] : stem;
    }

    private static Ending Import(Session session, string source, string name, string folder, ImportOptions options, string? unpackFolder)
    {
        var (manifest, refusal) = DatasetImporter.Import(source, name, folder, options, session.ImportProgress(), session.Canceled, unpackFolder);
        if (manifest is null)
            return Ending.Refused(refusal!);
        foreach (SampleProblem problem in manifest.Problems)
            session.Emit(new LogEvent { Level = LogLevel.Warning, Message = $"{problem.Path}: {problem.Reason}" });
        string splits = string.Join(", ", manifest.Samples.CountBy(s => s.Split).OrderBy(s => s.Key).Select(s => $"{s.Value} {s.Key.ToString().ToLowerInvariant()}"));
        string classes = manifest.Classes.Count == 0 ? $"with {manifest.Samples.Sum(s => s.Captions.Count)} sentences" : $"in {manifest.Classes.Count} classes";
        session.Emit(new LogEvent
        {
            Level = LogLevel.Information,
            Message = string.Create(CultureInfo.InvariantCulture, $"{manifest.Samples.Count} clips {classes} ({splits}) are written down in {folder}."),
        });
        return Ending.Completed;
    }
}
