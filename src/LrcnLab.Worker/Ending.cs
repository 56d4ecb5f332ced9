using LrcnLab.Core.Events;

namespace LrcnLab.Worker;

/// <summary>How a command ended.</summary>
/// <param name="Outcome">What the last event says.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="BadInput">The caller gave something that cannot be used.</param>
internal sealed record Ending(Outcome Outcome, string? Reason = null, bool BadInput = false)
{
    public static readonly Ending Completed = new(Outcome.Completed);

    public int ExitCode => Outcome switch
    {
        Outcome.Completed or Outcome.Paused => WorkerProtocol.ExitDone,
        Outcome.Stopped => WorkerProtocol.ExitStopped,
        _ => BadInput ? WorkerProtocol.ExitBadInput : WorkerProtocol.ExitFault,
    };

    public static Ending Refused(string reason) => new(Outcome.Failed, reason, BadInput: true);

    public static Ending Fault(string reason) => new(Outcome.Failed, reason);
}
