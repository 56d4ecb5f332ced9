namespace LrcnLab.Core.Runs;

/// <summary>Which checkpoints of ended runs are kept: those that any rule keeps.</summary>
public sealed record RetentionPolicy
{
    /// <summary>How many of each run by <see cref="Metric"/>; 0 for none.</summary>
    public int Best { get; init; } = 1;

    /// <summary>By which the best are found; whether less or more is better, its key says.</summary>
    public string Metric { get; init; } = Metrics.MetricKeys.ValidationAccuracy;

    /// <summary>How many of each run by step; 0 for none.</summary>
    public int Last { get; init; } = 1;

    /// <summary>Those of every n-th epoch; 0 for none.</summary>
    public int EveryEpochs { get; init; }

    /// <summary>Whether it is applied once a day by itself.</summary>
    public bool Daily { get; init; }

    /// <summary>What is wrong with it, in words; null when nothing is.</summary>
    public string? Refusal() =>
        Best is < 0 or > 1000 ? $"The number of best checkpoints is {Best}: allowed are 0 to 1000."
        : Last is < 0 or > 1000 ? $"The number of last checkpoints is {Last}: allowed are 0 to 1000."
        : EveryEpochs is < 0 or > 100_000 ? $"The number of epochs is {EveryEpochs}: allowed are 0 to 100000."
        : Best == 0 && Last == 0 && EveryEpochs == 0 ? "No rule keeps anything: every run would lose all that it learned."
        : Metrics.MetricKeys.IsValid(Metric) ? null : $"\"{Metric}\" is no metric.";
}

/// <summary>A checkpoint as far as the rules look at it.</summary>
/// <param name="Kind"><c>last</c>, <c>best</c>, <c>epoch-N</c>, or <c>start</c>, which is what a fork begins with.</param>
/// <param name="Name">That a person gave it; null for none.</param>
/// <param name="Measures">Values by metric key.</param>
public sealed record RetainedCheckpoint(Guid Id, string Kind, int Epoch, long Step, string? Name, IReadOnlyDictionary<string, double> Measures)
{
    public bool IsStart => Kind == "start";
}

/// <summary>Decides what is kept.</summary>
public static class Retention
{
    /// <summary>Why each checkpoint is kept, in words; one without a reason goes.</summary>
    /// <param name="policy">The rules.</param>
    /// <param name="run">All checkpoints of one run.</param>
    /// <param name="mayGoOn">The run is paused or was interrupted: it needs its last one.</param>
    public static IReadOnlyDictionary<Guid, IReadOnlyList<string>> Reasons(RetentionPolicy policy, IReadOnlyList<RetainedCheckpoint> run, bool mayGoOn)
    {
        var reasons = run.ToDictionary(c => c.Id, _ => new List<string>());
        bool lower = Metrics.MetricKeys.LowerIsBetter(policy.Metric);
        IEnumerable<RetainedCheckpoint> measured = run.Where(c => c.Measures.TryGetValue(policy.Metric, out double value) && !double.IsNaN(value));
        // Of equal ones the one that is called so, then the earlier: the others add nothing.
        Add(measured.OrderBy(c => lower ? c.Measures[policy.Metric] : -c.Measures[policy.Metric]).ThenBy(c => c.Kind != "best").ThenBy(c => c.Step).ThenBy(c => c.Id).Take(policy.Best), $"among the best {policy.Best} by {policy.Metric}");
        IReadOnlyList<RetainedCheckpoint> newest = [.. run.Where(c => !c.IsStart).OrderByDescending(c => c.Step).ThenBy(c => c.Kind != "last").ThenByDescending(c => c.Id)];
        Add(newest.Take(policy.Last), $"among the last {policy.Last}");
        if (policy.EveryEpochs > 0)
            Add(run.Where(c => !c.IsStart && c.Epoch > 0 && c.Epoch % policy.EveryEpochs == 0), $"of every {policy.EveryEpochs} epochs");
        Add(run.Where(c => c.Name is not null), "named");
        Add(run.Where(c => c.IsStart), "begins a fork");
        if (mayGoOn)
            Add(newest.Take(1), "the run goes on from it");
        return reasons.ToDictionary(r => r.Key, r => (IReadOnlyList<string>)r.Value);

        void Add(IEnumerable<RetainedCheckpoint> kept, string reason)
        {
            foreach (RetainedCheckpoint checkpoint in kept)
                reasons[checkpoint.Id].Add(reason);
        }
    }
}
