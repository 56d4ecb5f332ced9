using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Datasets;

/// <summary>Which decisions about an import make sense.</summary>
public static class ImportOptionRules
{
    /// <summary>One problem for each wrong field, under its name in the API; empty when all is well.</summary>
    public static IReadOnlyList<SpecProblem> Problems(this ImportOptions options)
    {
        var problems = new List<SpecProblem>();
        if (options.Layout is string layout && !LayoutNames.All.Contains(layout))
            problems.Add(new SpecProblem("layout", $"There is no layout \"{layout}\": allowed are {string.Join(", ", LayoutNames.All)}."));
        if (options.SplitNumber is < 1 or > 99)
            problems.Add(new SpecProblem("splitNumber", $"The number of the official split is {options.SplitNumber}: allowed are 1 to 99."));
        CheckShare("validationShare", "validation", options.ValidationShare);
        CheckShare("testShare", "test", options.TestShare);
        if (problems.Count == 0 && options.ValidationShare + options.TestShare > 0.9)
            problems.Add(new SpecProblem("testShare", $"Validation and test together take {options.ValidationShare + options.TestShare:0.##}: at most 0.9, so that something is left to learn from."));
        if (options.Seed < 0)
            problems.Add(new SpecProblem("seed", $"The seed is {options.Seed}: allowed are 0 to {int.MaxValue}."));
        return problems;

        void CheckShare(string field, string split, double share)
        {
            if (!(share is >= 0 and <= 0.9))
                problems.Add(new SpecProblem(field, $"The share of {split} is {share}: allowed are 0 to 0.9."));
        }
    }
}
