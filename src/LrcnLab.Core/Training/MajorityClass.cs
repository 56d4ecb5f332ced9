namespace LrcnLab.Core.Training;

/// <summary>The model that always answers with the class that is most frequent in training.</summary>
public static class MajorityClass
{
    /// <param name="train">Labels to learn from, at least one.</param>
    /// <returns>The class; of equally frequent ones the first.</returns>
    public static int Of(IEnumerable<int> train) => train.CountBy(label => label).OrderByDescending(c => c.Value).ThenBy(c => c.Key).First().Key;

    /// <summary>Share of labels that are the class; null without labels.</summary>
    public static double? Accuracy(int answer, IReadOnlyCollection<int> labels) => labels.Count == 0 ? null : (double)labels.Count(l => l == answer) / labels.Count;
}
