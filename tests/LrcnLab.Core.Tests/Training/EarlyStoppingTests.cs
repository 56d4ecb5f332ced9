using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using Xunit;

namespace LrcnLab.Core.Tests.Training;

public sealed class EarlyStoppingTests
{
    [Theory]
    [InlineData(ValidationMetric.ValidationLoss, 0, new[] { 1.0, 0.9, 0.95, 0.9, 0.91 }, 3)]
    [InlineData(ValidationMetric.ValidationLoss, 0.2, new[] { 1.0, 0.9, 0.79, 0.7, 0.6 }, 2)]
    [InlineData(ValidationMetric.ValidationAccuracy, 0, new[] { 0.1, 0.5, 0.4, double.NaN }, 2)]
    [InlineData(ValidationMetric.ValidationMacroF1, 0, new[] { 0.1, 0.2, 0.3 }, 0)]
    public void After_EachEpoch_CountsThoseWithoutImprovement(ValidationMetric metric, double minimum, double[] values, int without)
    {
        var spec = new EarlyStoppingSpec { Metric = metric, MinimumChange = minimum, Patience = 2 };
        Progress progress = values.Aggregate(new Progress(), (p, value) => EarlyStopping.After(p, spec, value));

        Assert.Equal(without, progress.EpochsWithout);
        Assert.Equal(without >= 2, EarlyStopping.Reason(progress, spec) is not null);
        Assert.Null(EarlyStopping.Reason(progress, spec with { Patience = 0 }));
    }

    [Fact]
    public void Hints_AreGivenForTheTroubleTheyNameOnly()
    {
        Assert.Contains("guessing among 8 classes gives 2.079", TrainingHints.NotLearning(2.07, 2.06, 8, TrainingHints.PatientEpochs), StringComparison.Ordinal);
        Assert.Null(TrainingHints.NotLearning(2.07, 1.5, 8, TrainingHints.PatientEpochs));
        Assert.Null(TrainingHints.NotLearning(2.07, 2.06, 8, 1));
        Assert.Contains("at step 70", TrainingHints.Exploding(500, 2, 70), StringComparison.Ordinal);
        Assert.Null(TrainingHints.Exploding(150, 2, 70));
        Assert.Null(TrainingHints.Exploding(double.NaN, 2, 70));
    }
}
