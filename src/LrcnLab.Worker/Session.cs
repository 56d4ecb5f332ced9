using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Media.Decoding;
using LrcnLab.Training;
using LrcnLab.Worker.Streams;

namespace LrcnLab.Worker;

/// <summary>One command that reports by events: where they go, how it is asked to end, and what its end says.</summary>
internal sealed class Session(EventJournal journal, StopListener listener)
{
    public void Emit(WorkerEvent e) => journal.Emit(e);

    public StopSignal Signal => listener.Signal;

    public CancellationToken Canceled => listener.Canceled;

    /// <summary>A receiver of progress that says something at most four times a second, and at the end.</summary>
    public Action<long, long> Progress(string stage)
    {
        Action<string, long, long> report = ImportProgress();
        return (done, total) => report(stage, done, total);
    }

    /// <summary>As <see cref="Progress"/>, for work whose stages have names of their own.</summary>
    public Action<string, long, long> ImportProgress()
    {
        long next = 0;
        return (stage, done, total) =>
        {
            long now = Environment.TickCount64;
            if (now < next && done < total)
                return;
            next = now + 250;
            Emit(new ProgressEvent { Stage = stage, Done = done, Total = total });
        };
    }

    /// <summary>Runs the work on a thread of its own and turns whatever happens into a last event and an exit code.</summary>
    /// <param name="json">Events as lines even on a terminal.</param>
    /// <param name="supervised">The end of standard input asks for a pause.</param>
    /// <param name="journalPath">Null for commands that keep no journal.</param>
    /// <param name="work">Synchronous: torch's scopes belong to a thread.</param>
    public static async Task<int> RunAsync(bool json, bool supervised, string? journalPath, Func<Session, Ending> work)
    {
        if (!json && !Console.IsOutputRedirected)
        {
            int exit = WorkerProtocol.ExitFault;
            await TerminalDisplay.RunAsync(async display => exit = await RunAsync((e, _) => display.Show(e), supervised, journalPath, work));
            return exit;
        }

        StandardOutput output = StandardOutput.Claim();
        return await RunAsync((_, line) => output.WriteLine(line), supervised, journalPath, work);
    }

    private static async Task<int> RunAsync(Action<WorkerEvent, string> show, bool supervised, string? journalPath, Func<Session, Ending> work)
    {
        EventJournal journal;
        try
        {
            journal = new EventJournal(journalPath, show, TimeProvider.System);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The journal {journalPath} cannot be opened: {e.Message}");
            return WorkerProtocol.ExitBadInput;
        }

        using (journal)
        using (var listener = new StopListener(supervised))
        {
            var session = new Session(journal, listener);
            Ending ending = await Task.Factory.StartNew(() => Guard(session, work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (ending.Outcome == Outcome.Failed)
                await Console.Error.WriteLineAsync(ending.Reason);
            return Close(session, ending);
        }
    }

    private static int Close(Session session, Ending ending)
    {
        try
        {
            session.Emit(new DoneEvent { Outcome = ending.Outcome, Reason = ending.Reason });
            return ending.ExitCode;
        }
        catch (IOException)
        {
            // The journal's disk is full, which standard error has said already.
            return WorkerProtocol.ExitFault;
        }
    }

    private static Ending Guard(Session session, Func<Session, Ending> work)
    {
        try
        {
            return work(session);
        }
        catch (OperationCanceledException) when (session.Canceled.IsCancellationRequested)
        {
            return new Ending(session.Signal.Request == StopRequest.Pause ? Outcome.Paused : Outcome.Stopped);
        }
        catch (MediaException e)
        {
            return Ending.Refused(e.Message);
        }
        catch (IOException e) when (e.IsDiskFull())
        {
            return Ending.Fault($"The disk is full: free some space, then go on. ({e.Message})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Ending.Fault($"A file could not be read or written: {e.Message}");
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return Ending.Fault($"{e.GetType().Name}: {e.Message}");
        }
    }
}
