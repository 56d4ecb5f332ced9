using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Starts the worker's <c>import</c> and reads what it says until it ends.</summary>
internal sealed class ImportWorker(LabOptions options, TimeProvider clock, ILogger<ImportWorker> logger)
{
    /// <param name="arguments">Of the import, besides source and options.</param>
    /// <param name="onEvent">Called for each event, one after another.</param>
    /// <param name="silence">How long the worker may say nothing before it is ended.</param>
    /// <param name="kill">Ends the worker at once; look at it afterwards, because the answer is then of no interest.</param>
    /// <returns>Null when the worker did its work, else what went wrong.</returns>
    public async Task<string?> RunAsync(
        FoundSource source, ImportOptions decisions, IEnumerable<string> arguments, Func<WorkerEvent, Task> onEvent, TimeSpan silence, CancellationToken kill) =>
        await ReadAsync(source, decisions, arguments, onEvent, silence, kill) is string failure ? source.Plain(failure) : null;

    private async Task<string?> ReadAsync(
        FoundSource source, ImportOptions decisions, IEnumerable<string> arguments, Func<WorkerEvent, Task> onEvent, TimeSpan silence, CancellationToken kill)
    {
        ImportSources.Touch(source);
        using var worker = WorkerProcess.Start(
            WorkerCommand.Create(options.WorkerPath, ["import", source.Path, .. arguments, .. Arguments(source, decisions)]),
            line => logger.LogInformation("Import of {Source}: {Line}", Path.GetFileName(source.Path), line));
        await using CancellationTokenRegistration killing = kill.Register(worker.Kill);
        using var quiet = new CancellationTokenSource(silence, clock);
        await using CancellationTokenRegistration silenced = quiet.Token.Register(worker.Kill);

        DoneEvent? done = null;
        while (await worker.Output.ReadAsync(CancellationToken.None) is Line line)
        {
            quiet.CancelAfter(silence);
            if (line.TooLong || WorkerEvent.Parse(line.Text) is not WorkerEvent said)
                continue;
            done = said as DoneEvent ?? done;
            await onEvent(said);
        }

        await worker.WaitForExitAsync(CancellationToken.None);
        await worker.WaitForErrorsAsync(TimeSpan.FromSeconds(1));
        if (done is { Outcome: not Outcome.Completed })
            return done.Reason ?? "The import failed without giving a reason.";
        if (worker.ExitCode == WorkerProtocol.ExitDone)
            return null;
        if (quiet.IsCancellationRequested)
            return string.Create(CultureInfo.InvariantCulture, $"The worker was ended because it said nothing for {silence.TotalMinutes:0.#} minutes.");
        return worker.ExitCode == WorkerProtocol.ExitBadInput && worker.LastErrors.Count > 0
            ? string.Join(" ", worker.LastErrors)
            : WorkerExit.Explain(worker.ExitCode, worker.LastErrors).Reason;
    }

    private static IEnumerable<string> Arguments(FoundSource source, ImportOptions decisions)
    {
        yield return "--json";
        if (decisions.Layout is string layout)
        {
            yield return "--layout";
            yield return layout;
        }

        yield return "--split-number";
        yield return decisions.SplitNumber.ToString(CultureInfo.InvariantCulture);
        yield return "--validation-share";
        yield return decisions.ValidationShare.ToString(CultureInfo.InvariantCulture);
        yield return "--test-share";
        yield return decisions.TestShare.ToString(CultureInfo.InvariantCulture);
        yield return "--seed";
        yield return decisions.Seed.ToString(CultureInfo.InvariantCulture);
        if (source.Unpack is string folder)
        {
            yield return "--unpack";
            yield return folder;
        }
    }
}
