using LrcnLab.Core.Events;
using LrcnLab.Training.Evaluation;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Evaluation;

public sealed class ClassificationScoresTests
{
    [Fact]
    public void Of_ThreePredictions_CountsThem()
    {
        ClassificationScores scores = ClassificationScores.Of([new(0, 0, [0.6f, 0.3f, 0.1f]), new(1, 0, [0.2f, 0.7f, 0.1f]), new(2, 1, [0.3f, 0.4f, 0.3f])], 3);

        Assert.Equal(2 / 3.0, scores.Accuracy);
        Assert.Equal(0.75, scores.MeanClassAccuracy);
        Assert.Null(scores.AccuracyTop5);
        Assert.Equal([[1, 1, 0], [0, 1, 0], [0, 0, 0]], scores.Confusion);
    }

    [Fact]
    public void Of_SevenClasses_CountsTheFiveMostProbable()
    {
        float[] falling = [0.4f, 0.2f, 0.15f, 0.1f, 0.08f, 0.04f, 0.03f];
        ClassificationScores scores = ClassificationScores.Of([new(0, 4, falling), new(1, 5, falling), new(2, 0, falling)], 7);

        Assert.Equal(2 / 3.0, scores.AccuracyTop5);
    }

    [Fact]
    public void Outputs_OfEveryStep_AverageProbabilitiesAndLosses()
    {
        using var scope = NewDisposeScope();
        Tensor logits = tensor(new float[] { 0, 0, 2, 0 }).reshape(1, 2, 2), labels = tensor(new long[] { 0 });
        double p = Math.Exp(2) / (Math.Exp(2) + 1);

        Assert.Equal((0.5 + p) / 2, Outputs.Probabilities(logits)[0, 0].item<float>(), 1e-6);
        Assert.Equal(-(Math.Log(0.5) + Math.Log(p)) / 2, Outputs.Loss(logits, labels).item<float>(), 1e-6);
    }
}
