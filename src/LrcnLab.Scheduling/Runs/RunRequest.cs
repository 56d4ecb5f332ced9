using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;

namespace LrcnLab.Scheduling.Runs;

/// <summary>A run that somebody wants.</summary>
/// <param name="Name">Of 1 to 200 characters.</param>
/// <param name="Spec">Is checked.</param>
public sealed record RunRequest(string Name, RunSpec Spec)
{
    /// <summary>Name of the preset that the specification began as.</summary>
    public string? Preset { get; init; }

    /// <summary>In the queue; <see cref="QueuePlace"/>.</summary>
    public int Priority { get; init; } = QueuePlace.Normal;

    /// <summary>Name of a project, which is made if there is none of it; empty for the default one.</summary>
    public string? Project { get; init; }

    /// <summary>Name of an experiment of the project, which is made if there is none of it; empty for none.</summary>
    public string? Experiment { get; init; }

    /// <summary>Name of a sweep of the project, which is made if there is none of it; empty for none.</summary>
    public string? Sweep { get; init; }

    /// <summary>The draft that becomes this run; null for a new one.</summary>
    public Guid? Draft { get; init; }

    /// <summary>The run whose settings it began with; null for none.</summary>
    public Guid? CopyOf { get; init; }

    /// <summary>The checkpoint of another run that it begins with; null for random weights.</summary>
    public Guid? Fork { get; init; }

    /// <summary>Epochs of a first phase on single frames, with whose weights the run begins, see <see cref="TwoPhases"/>; 0 for none.</summary>
    public int FirstPhaseEpochs { get; init; }

    /// <summary>Who asked for it.</summary>
    public string? Person { get; init; }

    /// <summary>What is wrong with it, before any data set is looked at.</summary>
    public IReadOnlyList<SpecProblem> Problems()
    {
        var problems = new List<SpecProblem>();
        if (Name.Trim().Length is 0 or > 200 || Name.Any(char.IsControl))
            problems.Add(new SpecProblem("name", "A run has a name of 1 to 200 characters, without control characters."));
        if (QueuePlace.Refusal(Priority) is string refusal)
            problems.Add(new SpecProblem("priority", refusal));
        foreach (var (field, name) in new[] { ("project", Project), ("experiment", Experiment), ("sweep", Sweep) })
        {
            if (!string.IsNullOrWhiteSpace(name) && RunGroups.NameRefusal(field, name) is string wrong)
                problems.Add(new SpecProblem(field, wrong));
        }

        problems.AddRange(SpecReader.Validate(Spec));
        if (FirstPhaseEpochs != 0 && problems.Count == 0)
        {
            if (FirstPhaseEpochs is < 1 or > 100_000)
                problems.Add(new SpecProblem("firstPhaseEpochs", $"The first phase has {FirstPhaseEpochs} epochs: allowed are 1 to 100,000, or 0 for none."));
            else if (Fork is not null)
                problems.Add(new SpecProblem("firstPhaseEpochs", "A fork begins with a checkpoint and has no first phase."));
            else if (TwoPhases.Problem(Spec) is string one)
                problems.Add(new SpecProblem("firstPhaseEpochs", one));
        }

        return problems;
    }
}
