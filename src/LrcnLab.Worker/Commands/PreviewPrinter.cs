using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Media.Import;
using LrcnLab.Worker.Streams;
using Spectre.Console;

namespace LrcnLab.Worker.Commands;

/// <summary>What an import would make of a path: one line of JSON for programs, a summary for people.</summary>
internal static class PreviewPrinter
{
    private const int ShownClasses = 30, ShownProblems = 20;

    public static int Run(string source, ImportOptions options, string? unpackFolder, bool json, CancellationToken cancel)
    {
        StandardOutput? output = json ? StandardOutput.Claim() : null;
        ImportPreview preview;
        try
        {
            preview = DatasetImporter.Preview(source, options, cancel, unpackFolder);
        }
        catch (OperationCanceledException)
        {
            return WorkerProtocol.ExitStopped;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"{source} cannot be read: {e.Message}");
            return WorkerProtocol.ExitFault;
        }

        if (output is null)
            Print(preview);
        else
            output.WriteLine(new PreviewEvent { Sequence = 1, Time = TimeProvider.System.GetUtcNow().UtcDateTime, Preview = preview }.ToLine());
        if (preview.Refusal is null)
            return WorkerProtocol.ExitDone;
        Console.Error.WriteLine(preview.Refusal);
        return WorkerProtocol.ExitBadInput;
    }

    private static void Print(ImportPreview preview)
    {
        if (preview.Layout.Length > 0)
            AnsiConsole.WriteLine($"Layout {preview.Layout}: {preview.Explanation}");
        if (preview.SplitChoices > 1)
            AnsiConsole.WriteLine($"{preview.SplitChoices} official splits: choose with --split-number.");
        if (preview.Samples > 0)
        {
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{preview.Samples:N0} samples from {preview.Files:N0} files ({preview.Bytes / 1e6:N1} MB), {preview.Captions:N0} sentences, {preview.Groups:N0} recordings"));
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{preview.Train:N0} train, {preview.Validation:N0} validation, {preview.Test:N0} test ({(preview.OfficialSplits ? "as published" : "drawn")})"));
        }

        if (preview.Classes.Count > 0)
            AnsiConsole.Write(Table(preview.Classes));
        if (preview.Classes.Count > ShownClasses)
            AnsiConsole.WriteLine($"and {preview.Classes.Count - ShownClasses} more classes");
        foreach (SampleProblem problem in preview.Problems.Take(ShownProblems))
            AnsiConsole.WriteLine($"{problem.Path}: {problem.Reason}");
        if (preview.ProblemCount > ShownProblems)
            AnsiConsole.WriteLine($"and {preview.ProblemCount - ShownProblems} more problems");
    }

    private static Table Table(IReadOnlyList<ClassPreview> classes)
    {
        Table table = new Table().AddColumns("Class", "Train", "Validation", "Test");
        foreach (ClassPreview c in classes.Take(ShownClasses))
            table.AddRow(Markup.Escape(c.Name), $"{c.Train}", $"{c.Validation}", $"{c.Test}");
        return table;
    }
}
