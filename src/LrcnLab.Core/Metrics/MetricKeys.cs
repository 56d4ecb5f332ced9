namespace LrcnLab.Core.Metrics;

/// <summary>Keys of the metrics that LrcnLab itself writes.</summary>
public static class MetricKeys
{
    public const string TrainLoss = "train/loss";
    public const string TrainAccuracy = "train/accuracy_top1";
    public const string ValidationLoss = "validation/loss";
    public const string ValidationAccuracy = "validation/accuracy_top1";
    public const string ValidationAccuracyTop5 = "validation/accuracy_top5";
    public const string ValidationMeanClassAccuracy = "validation/accuracy_mean_class";
    public const string TestLoss = "test/loss";
    public const string TestAccuracy = "test/accuracy_top1";
    public const string LearningRate = "optimizer/learning_rate";
    public const string GradientNorm = "optimizer/gradient_norm";
    public const string ClipsPerSecond = "speed/clips_per_second";

    /// <summary>True when smaller values are better, which decides what "best" means.</summary>
    public static bool LowerIsBetter(string key) => key.Contains("loss", StringComparison.Ordinal) || key.Contains("error", StringComparison.Ordinal) || key.Contains("gradient_norm", StringComparison.Ordinal);

    /// <summary>True for keys that may be stored: letters, digits, <c>_ - . /</c>, at most 200 characters.</summary>
    public static bool IsValid(string key) => key.Length is > 0 and <= 200 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/');
}
