using System.Buffers;
using LrcnLab.Core.Specs;

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
    public const string ValidationMacroF1 = "validation/f1_macro";
    public const string TestLoss = "test/loss";
    public const string TestAccuracy = "test/accuracy_top1";
    public const string LearningRate = "optimizer/learning_rate";
    public const string GradientNorm = "optimizer/gradient_norm";
    public const string ClipsPerSecond = "speed/clips_per_second";
    public const string FramesPerSecond = "speed/frames_per_second";

    /// <summary>Milliseconds of a step that went into waiting for clips and turning them into tensors; the other parts follow.</summary>
    public const string DataTime = "time/data_ms";
    public const string ForwardTime = "time/forward_ms";
    public const string BackwardTime = "time/backward_ms";
    public const string OptimizerTime = "time/optimizer_ms";

    /// <summary>Bytes that the worker occupies.</summary>
    public const string ProcessMemory = "memory/process_bytes";

    /// <summary>Hours of computing that kept features have saved the run so far, those of computing them once taken off if the run did so.</summary>
    public const string HoursSaved = "features/hours_saved";

    /// <summary>What always answering with the most frequent class reaches on a split.</summary>
    public static string MajorityAccuracy(string split) => $"baseline/majority_{split}_accuracy";

    /// <summary>What a linear classifier on the mean of the backbone's first features reaches on a split.</summary>
    public static string MeanPooledAccuracy(string split) => $"baseline/mean_pooled_{split}_accuracy";

    /// <summary>The key of a metric that can choose between states.</summary>
    public static string Of(ValidationMetric metric) => metric switch
    {
        ValidationMetric.ValidationLoss => ValidationLoss,
        ValidationMetric.ValidationMeanClassAccuracy => ValidationMeanClassAccuracy,
        ValidationMetric.ValidationMacroF1 => ValidationMacroF1,
        _ => ValidationAccuracy,
    };

    /// <summary>True when smaller values are better, which decides what "best" means.</summary>
    public static bool LowerIsBetter(string key) => key.Contains("loss", StringComparison.Ordinal) || key.Contains("error", StringComparison.Ordinal) || key.Contains("gradient_norm", StringComparison.Ordinal);

    /// <summary>True for keys that may be stored: letters, digits, <c>_ - . /</c>, at most 200 characters.</summary>
    public static bool IsValid(string key) => key.Length is > 0 and <= 200 && !key.AsSpan().ContainsAnyExcept(Allowed);

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./");
}
