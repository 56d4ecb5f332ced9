namespace LrcnLab.Core.Runs;

/// <summary>A kind of fault by which runs fail.</summary>
/// <param name="Label">In a few words, for lists.</param>
/// <param name="Advice">What a person can do about it.</param>
/// <param name="Signs">Parts of a reason or of a worker's last words that give it away, whatever their case.</param>
public sealed record FailureRule(string Label, string Advice, params string[] Signs);

/// <summary>Names the fault behind a failed run by what was said at its end. None of these goes away by itself, so nothing is tried again.</summary>
public static class FailureRules
{
    /// <summary>The first that matches counts: what is more exact stands before what is more general.</summary>
    public static IReadOnlyList<FailureRule> All { get; } =
    [
        new("out of GPU memory", "Take a smaller batch with more accumulation, or set resources.recomputeFrames.",
            "CUDA out of memory", "CUDNN_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED"),
        new("out of memory", "Take a smaller batch with more accumulation, shorter clips or smaller frames, or set resources.recomputeFrames; or give the run more slots.",
            "out of memory", "OutOfMemoryException", "std::bad_alloc", "can't allocate memory", "Cannot allocate memory", "more than its slots have", "ran out of memory"),
        new("disk full", "Free some space, then resume: the run goes on from its last checkpoint.",
            "disk is full", "No space left on device", "not enough space on the disk", "disk has no room", "disk space"),
        new("diverged", "Lower optimizer.learningRate, clip gradients (training.gradientClip), or warm up longer; then fork from the last good checkpoint.",
            "loss became", "gradient norm became"),
        new("GPU fault", "Look at the log and at the driver; a restart of the machine may be needed.",
            "CUDA error", "CUDNN_STATUS", "CUBLAS_STATUS", "no CUDA device", "CUDA driver", "no kernel image", "device-side assert", "no such device"),
        new("worker missing", "Build the worker, or correct Lab:WorkerPath.", "Lab:WorkerPath", "trying to start process"),
        new("wrong settings", "Copy the run, correct what the reason names, and launch the copy.",
            "refused its input", "the specification says", "is of another model", "at least 2 are needed", "a smaller batch, shorter clips", "are possible:", "is expected to need"),
        new("bad data", "Import the data again, or restore it from a backup.",
            "of the data set", "The data set", "prepared frames", "is damaged", "cannot be decoded", "SHA-256"),
        new("did not obey", "The worker was killed; its log tells what it was doing.", "did not stop within", "did not exit"),
        new("crashed", "The log has the worker's last words. The run can be started again from its last checkpoint.", "The worker crashed", "SIGSEGV", "SIGABRT"),
    ];

    /// <returns>Null when nothing is known about it.</returns>
    public static FailureRule? Match(string reason) => All.FirstOrDefault(rule => rule.Signs.Any(sign => reason.Contains(sign, StringComparison.OrdinalIgnoreCase)));

    public static FailureRule? Find(string? label) => All.FirstOrDefault(rule => rule.Label == label);
}
