using System.Text.RegularExpressions;

namespace LrcnLab.Core.Datasets;

/// <summary>Reasons that differ only in the file or the numbers they name are one kind.</summary>
public static partial class FailureKind
{
    private const int Longest = 120;

    public static string Of(SampleProblem problem)
    {
        string kind = problem.Path.Length == 0 ? problem.Reason : problem.Reason.Replace(problem.Path, "…", StringComparison.Ordinal);
        kind = Number().Replace(Quoted().Replace(kind, "\"…\""), "N").Trim();
        return kind.Length <= Longest ? kind : kind[..(Longest - 1)] + "…";
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<![A-Za-z_])\d+(?:[.,]\d+)*")]
    private static partial Regex Number();
}
