using System.CommandLine;
using LrcnLab.Core.Events;

namespace LrcnLab.Worker.Commands;

/// <summary><c>import PATH --output DIR</c>: a folder or a table of videos to a data set that runs can use.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "Folder with one folder of videos for each class, or a CSV table path,label,split,start,end." };
        var name = new Option<string?>("--name") { Description = "What people call the data set. Default: the folder's name.", HelpName = "NAME" };
        var output = new Option<string>("--output") { Description = "Folder that receives manifest.json and previews; created when missing.", Required = true, HelpName = "DIR" };
        var json = CommonOptions.Json();
        var command = new Command("import", "Reads, checks and hashes every video once and writes what was found. The videos stay where they are.") { path, name, output, json };
        command.SetAction((parsed, _) => Session.RunAsync(parsed.GetValue(json), supervised: false, journalPath: null, session =>
            DatasetSource.Import(session, parsed.GetRequiredValue(path), parsed.GetValue(name), parsed.GetRequiredValue(output)).Refusal is string refusal ? Ending.Refused(refusal) : Ending.Completed));
        return command;
    }
}
