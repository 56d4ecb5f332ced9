using System.Globalization;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Training;

/// <summary>What a rule has seen so far.</summary>
/// <param name="InARow">How often its condition held in a row.</param>
/// <param name="Recent">For flat: the latest values, the oldest first.</param>
/// <param name="Acted">It has, and its condition has held ever since.</param>
public sealed record GuardState(int InARow = 0, IReadOnlyList<double>? Recent = null, bool Acted = false);

/// <summary>Rules that watch a run, as pure functions of what was measured: a resumed run acts as one without a break.</summary>
public static class Guards
{
    /// <summary>Takes one value into account.</summary>
    /// <returns>What the rule knows then, and whether it acts now. It acts once, and again when its condition has not held in between.</returns>
    public static (GuardState State, bool Acts) After(GuardSpec rule, GuardState state, double value)
    {
        double[] recent = rule.When == GuardCondition.Flat ? [.. (state.Recent ?? []).TakeLast(rule.InARow - 1), value] : [];
        bool holds = rule.When switch
        {
            GuardCondition.NotFinite => !double.IsFinite(value),
            GuardCondition.Above => value > rule.Bound,
            GuardCondition.Below => value < rule.Bound,
            _ => recent.Length == rule.InARow && recent.All(double.IsFinite) && recent.Max() - recent.Min() <= rule.Bound,
        };
        int inARow = holds ? state.InARow + 1 : 0;
        bool met = holds && (rule.When == GuardCondition.Flat || inARow >= rule.InARow);
        bool acts = met && !state.Acted;
        // What changes the run is given time to show: it counts anew.
        return acts && rule.Then != GuardAction.Notify ? (new GuardState(), true) : (new GuardState(inARow, recent.Length == 0 ? null : recent, met), acts);
    }

    /// <summary>A rule in words, such as <c>train-loss above 5 for 3 steps</c>.</summary>
    public static string Describe(GuardSpec rule)
    {
        string condition = rule.When switch
        {
            GuardCondition.NotFinite => "not finite",
            GuardCondition.Flat => $"flat within {Number(rule.Bound)}",
            _ => $"{SpecField.Word(rule.When)} {Number(rule.Bound)}{(rule.Watch == GuardWatch.DiskFree ? " GiB" : "")}",
        };
        return $"{SpecField.Word(rule.Watch)} {condition}{(rule.InARow == 1 ? "" : $" for {rule.InARow} {(IsOfEpochs(rule.Watch) ? "epochs" : "steps")}")}";
    }

    /// <summary>What is said when it acts.</summary>
    public static string Report(GuardSpec rule, double value, long step, int epoch)
    {
        string done = rule.Then switch
        {
            GuardAction.Notify => "took notice",
            GuardAction.LowerRate => $"multiplied the learning rate by {Number(rule.Factor)}",
            GuardAction.Pause => "paused the run",
            _ => "stopped the run",
        };
        return $"The guard \"{Describe(rule)}\" {done}: it was {Number(value)} at step {step}, epoch {epoch}.";
    }

    public static bool IsOfEpochs(GuardWatch watch) => watch is GuardWatch.ValidationLoss or GuardWatch.ValidationAccuracy;

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
