using LrcnLab.Storage.Entities;

namespace LrcnLab.Scheduling.Runs;

/// <summary>When a run that may be on its slots only so long has to end.</summary>
/// <param name="Minutes">As its specification says, over all attempts.</param>
/// <param name="End">Of the present attempt.</param>
internal sealed record TimeLimit(int Minutes, DateTime End)
{
    /// <summary>Null when there is none.</summary>
    public static TimeLimit? Of(Run run, Lease lease) =>
        run.ReadSpec()?.Resources.TimeLimitMinutes is > 0 and int minutes ? new TimeLimit(minutes, lease.TakenAt.AddMinutes(minutes).AddSeconds(-run.SecondsOnSlots)) : null;

    public string Cause => $"Its time limit of {Minutes} {(Minutes == 1 ? "minute" : "minutes")} is over.";
}
