using System.Collections;
using System.Globalization;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import;

/// <summary>What could not be used, each with its reason. A list may name half a million files that are not there: beyond <see cref="Kept"/> they are only counted.</summary>
internal sealed class ProblemList : IEnumerable<SampleProblem>
{
    public const int Kept = 20_000;

    private readonly List<SampleProblem> _problems = [];

    public int Count { get; private set; }

    public void Add(string path, string reason) => Add(new SampleProblem(path, reason));

    public void Add(SampleProblem problem)
    {
        Count++;
        if (_problems.Count < Kept)
            _problems.Add(problem);
    }

    public void AddRange(IEnumerable<SampleProblem> problems)
    {
        foreach (SampleProblem problem in problems)
            Add(problem);
        // What another list had only counted stays counted.
        if (problems is ProblemList other)
            Count += other.Count - other._problems.Count;
    }

    /// <summary>By path; a last entry says how many more there are.</summary>
    public IReadOnlyList<SampleProblem> Sorted()
    {
        List<SampleProblem> sorted = [.. _problems.OrderBy(p => p.Path, StringComparer.Ordinal)];
        if (Count > sorted.Count)
            sorted.Add(new SampleProblem("", string.Create(CultureInfo.InvariantCulture, $"{Count - sorted.Count:N0} more problems are not listed.")));
        return sorted;
    }

    public IEnumerator<SampleProblem> GetEnumerator() => _problems.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
