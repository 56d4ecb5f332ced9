using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Media.Prepared;
using Spectre.Console;

namespace LrcnLab.Worker.Commands;

/// <summary><c>prepared DIR</c>: what lies in a folder of prepared frames, and the removal of what nobody uses.</summary>
internal static class PreparedCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of prepared frames, as --prepared names it." };
        var remove = new Option<double?>("--remove-unused") { Description = "Remove what was not used for so many days. What a process reads or writes now always stays.", HelpName = "DAYS" };
        remove.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (>= 0 and <= 36_500))
                result.AddError("--remove-unused must be a number of days from 0 to 36500.");
        });
        var json = CommonOptions.Json();
        var command = new Command("prepared", "Lists prepared frames with their size and last use, or removes those that are not used any more.") { folder, remove, json };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(folder), parsed.GetValue(remove), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string folder, double? days, bool json)
    {
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"There is no folder {folder}.");
            return WorkerProtocol.ExitBadInput;
        }

        IReadOnlyList<PreparedEntry> entries = days is { } d ? PreparedStore.RemoveUnused(folder, TimeSpan.FromDays(d)) : PreparedStore.List(folder);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(entries, LabJson.Indented));
            return WorkerProtocol.ExitDone;
        }

        var table = new Table().AddColumns("Folder", "MB", "Last use (UTC)", "State");
        table.Columns[1].RightAligned();
        foreach (PreparedEntry entry in entries)
        {
            table.AddRow(
                Path.GetFileName(entry.Folder), (entry.Bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture), entry.LastUse.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                days is not null ? "removed" : entry.IsInUse ? "in use" : entry.IsWhole ? "whole" : "interrupted");
        }

        AnsiConsole.Write(table);
        string sum = (entries.Sum(e => e.Bytes) / 1e6).ToString("N1", CultureInfo.InvariantCulture);
        AnsiConsole.WriteLine($"{entries.Count} folders, {sum} MB{(days is null ? "" : " freed")}");
        return WorkerProtocol.ExitDone;
    }
}
