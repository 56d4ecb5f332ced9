using LrcnLab.Core.Events;
using LrcnLab.Core.Statistics;
using LrcnLab.Storage;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Compare;

/// <summary>Fuses what two runs answered. Nothing is computed anew: their predictions are kept.</summary>
public sealed class FusionQueries(PairQueries pairs, IDbContextFactory<LabDbContext> contexts)
{
    /// <summary>Weights of the first run that the paper reports (Table 1), and each run alone.</summary>
    public static IReadOnlyList<(double Weight, string Word)> Usual { get; } = [(1, "A alone"), (2 / 3.0, "2/3 A, 1/3 B"), (0.5, "1/2 A, 1/2 B"), (1 / 3.0, "1/3 A, 2/3 B"), (0, "B alone")];

    /// <param name="first">A run.</param>
    /// <param name="second">Another one.</param>
    /// <param name="split">test or validation.</param>
    /// <param name="weights">Of the first run, 0 to 1 each.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The fusions, or in words why there are none.</returns>
    public async Task<(IReadOnlyList<Fusion>? Fusions, string? Refusal)> FuseAsync(Guid first, Guid second, string split, IReadOnlyList<double> weights, CancellationToken cancellationToken)
    {
        await using (LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            var versions = await db.Runs.Where(r => r.Id == first || r.Id == second).Select(r => new { r.Id, r.Name, r.DatasetVersionId }).ToListAsync(cancellationToken);
            foreach (Guid id in (Guid[])[first, second])
            {
                if (versions.All(v => v.Id != id))
                    return (null, $"There is no run {id}.");
            }

            if (versions.Select(v => v.DatasetVersionId).Distinct().Skip(1).Any())
                return (null, $"\"{versions[0].Name}\" and \"{versions[1].Name}\" learned from different versions or data sets: their answers are not to the same samples.");
        }

        IReadOnlyList<Prediction> a = await pairs.PredictionsAsync(first, split, cancellationToken), b = await pairs.PredictionsAsync(second, split, cancellationToken);
        if (a.Count == 0 || b.Count == 0)
            return (null, $"The {(a.Count == 0 ? "first" : "second")} run has kept no answers to the {split} split: they come with its validations, and with its test at the end.");
        Fusion?[] fused = [.. weights.Select(weight => Fusion.Of(a, b, weight))];
        return fused.Contains(null) ? (null, "The runs have no sample in common.") : (fused!, null);
    }

    /// <summary>How much a fusion is better than the better of its two runs.</summary>
    public static PairedBootstrap Gain(Fusion fused, Fusion first, Fusion second) => PairedBootstrap.Of([fused.Right], [first.Accuracy >= second.Accuracy ? first.Right : second.Right]);
}
