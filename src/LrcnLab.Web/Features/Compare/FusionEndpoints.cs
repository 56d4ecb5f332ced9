using LrcnLab.Core.Statistics;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Compare;

/// <summary>Weighted fusion of two runs.</summary>
public static class FusionEndpoints
{
    public static void MapFusion(this RouteGroupBuilder api) =>
        api.MapGet("/fusion", GetAsync).WithTags("Runs").WithName("GetFusion").Produces<FusionAnswer>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> GetAsync(Guid first, Guid second, FusionQueries fusions, CancellationToken cancel, double weight = 0.5, string split = "test")
    {
        if (!(weight >= 0 && weight <= 1))
            return Problems.Invalid("weight", $"The weight of the first run is from 0 to 1, not {weight}.");
        if (!PairQueries.Splits.Contains(split))
            return Problems.Invalid("split", $"There are no answers to a split \"{split}\"; known: {string.Join(", ", PairQueries.Splits)}.");
        var (found, refusal) = await fusions.FuseAsync(first, second, split, [weight, 1, 0], cancel);
        if (found is null)
            return Problems.Conflict(refusal!);
        PairedBootstrap gain = FusionQueries.Gain(found[0], found[1], found[2]);
        return Results.Ok(new FusionAnswer(found[0].Samples, FusedScores.Of(found[0]), FusedScores.Of(found[1]), FusedScores.Of(found[2]), gain.Difference, gain.Low, gain.High));
    }
}

/// <summary>Shares of right answers.</summary>
/// <param name="AccuracyTop5">Null with five classes or fewer.</param>
public sealed record FusedScores(double Weight, double Accuracy, double MeanClassAccuracy, double? AccuracyTop5)
{
    public static FusedScores Of(Fusion fusion) => new(fusion.Weight, fusion.Accuracy, fusion.MeanClassAccuracy, fusion.AccuracyTop5);
}

/// <param name="Samples">That both runs answered.</param>
/// <param name="First">Alone.</param>
/// <param name="Second">Alone.</param>
/// <param name="Gain">Accuracy of the fusion less that of the better run alone.</param>
/// <param name="GainLow">Lower end of its 95 % interval (bootstrap over samples).</param>
/// <param name="GainHigh">Upper end.</param>
public sealed record FusionAnswer(int Samples, FusedScores Fused, FusedScores First, FusedScores Second, double Gain, double GainLow, double GainHigh);
