namespace LrcnLab.Core.Events;

/// <summary>The words and numbers that server and worker agree on.</summary>
public static class WorkerProtocol
{
    /// <summary>A line on the worker's standard input: finish the step, write a checkpoint, end as stopped. End of input asks for a pause.</summary>
    public const string Stop = "stop";

    /// <summary>A line on the worker's standard input: finish the step, write a checkpoint, end as paused.</summary>
    public const string Pause = "pause";

    public const int ExitDone = 0;
    public const int ExitFault = 1;
    public const int ExitBadInput = 2;
    public const int ExitStopped = 3;

    /// <summary>What the log says when a continuation from a checkpoint was tried and gave the same weights.</summary>
    public const string ResumeVerified = "Resume verified: training that goes on from a checkpoint gives the same weights bit for bit.";

    /// <summary>How the log's warning begins when it did not.</summary>
    public const string ResumeNotExact = "Resume is not exact here";

    /// <summary>Every event of a run, in its folder.</summary>
    public const string JournalFile = "events.jsonl";

    public const string SpecFile = "spec.json";
    public const string ManifestFile = "manifest.json";
    public const string CheckpointFolder = "checkpoints";
}
