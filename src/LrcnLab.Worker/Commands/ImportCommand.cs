using System.CommandLine;
using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Media.Import;

namespace LrcnLab.Worker.Commands;

/// <summary><c>import PATH --name N --output DIR</c>: videos on disk to a data-set version.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "Folder with a folder per class (below train, validation, test or not), or a CSV table path,label,split,start,end." };
        var name = new Option<string?>("--name") { Description = "What people call the data set. Default: the name of the folder or table.", HelpName = "NAME" };
        var output = new Option<string>("--output") { Description = "Folder for manifest.json and previews; created when missing.", Required = true, HelpName = "DIR" };
        var json = CommonOptions.Json();
        var command = new Command("import", "Reads a folder of videos or a table once and writes down files, labels and splits. The videos stay where they are.") { path, name, output, json };
        command.SetAction((parsed, _) =>
        {
            string source = parsed.GetRequiredValue(path), folder = parsed.GetRequiredValue(output);
            string called = parsed.GetValue(name) ?? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
            return Session.RunAsync(parsed.GetValue(json), supervised: false, journalPath: null, session => Import(session, source, called, folder));
        });
        return command;
    }

    private static Ending Import(Session session, string source, string name, string folder)
    {
        var (manifest, refusal) = DatasetImporter.Import(source, name, folder, session.ImportProgress(), session.Canceled);
        if (manifest is null)
            return Ending.Refused(refusal!);
        foreach (SampleProblem problem in manifest.Problems)
            session.Emit(new LogEvent { Level = LogLevel.Warning, Message = $"{problem.Path}: {problem.Reason}" });
        string splits = string.Join(", ", manifest.Samples.CountBy(s => s.Split).OrderBy(s => s.Key).Select(s => $"{s.Value} {s.Key.ToString().ToLowerInvariant()}"));
        session.Emit(new LogEvent
        {
            Level = LogLevel.Information,
            Message = string.Create(CultureInfo.InvariantCulture, $"{manifest.Samples.Count} clips in {manifest.Classes.Count} classes ({splits}) are written down in {folder}."),
        });
        return Ending.Completed;
    }
}
