using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Runs;

/// <summary>What a run needs, against what there is. What cannot fit is refused before it waits or starts.</summary>
public static class RunNeeds
{
    /// <summary>Checkpoints that exist at once besides those that are kept for good: last, best, and the one that is being written.</summary>
    private const int PassingCheckpoints = 3;

    /// <param name="spec">Of the run.</param>
    /// <param name="classes">Of its data set.</param>
    /// <param name="machines">The slots of each machine that trains; with none, nobody knows and nothing is refused.</param>
    /// <returns>Why no machine can take it; empty when one can.</returns>
    public static IReadOnlyList<SpecProblem> Problems(RunSpec spec, int classes, IReadOnlyList<IReadOnlyList<Slot>> machines)
    {
        if (machines.Count == 0)
            return [];
        int wanted = spec.Resources.Slots;
        var fitting = machines.Select(slots => Of(slots, spec.Resources.Device)).ToList();
        int most = fitting.Max(slots => slots.Count);
        if (most == 0)
        {
            return [new SpecProblem("resources.device", spec.Resources.Device == DeviceKind.Cpu
                ? "No machine has a slot on its CPU, as Lab:Slots says: take auto or cuda."
                : "No machine has a slot with a CUDA device: take auto or cpu.")];
        }

        if (most < wanted)
            return [new SpecProblem("resources.slots", $"The run asks for {wanted} slots together, and no machine has more than {most}.")];
        // Slots whose memory is unknown may be large enough.
        var candidates = fitting.Where(slots => slots.Count >= wanted).ToList();
        if (candidates.Any(slots => slots.Take(wanted).Any(s => s.MemoryBytes == 0)))
            return [];
        return MemoryProblem(spec, classes, candidates.Max(slots => slots.Take(wanted).Sum(s => s.MemoryBytes))) is string problem ? [new SpecProblem("training.batchSize", problem)] : [];
    }

    /// <summary>Null when training fits into the memory of its slots, else what does not, and the largest batch that would.</summary>
    public static string? MemoryProblem(RunSpec spec, int classes, long memoryBytes)
    {
        ModelPlan plan = ModelPlanner.Plan(spec, classes);
        long needed = plan.MemoryBytes(spec);
        if (needed <= memoryBytes)
            return null;
        int largest = MemoryEstimate.LargestBatch(plan, spec, memoryBytes);
        string advice = largest > 0 ? $"the largest batch that fits is {largest}" : "not even a single clip fits: take smaller frames, shorter clips or a smaller model";
        return $"With {spec.Training.BatchSize} clips a batch, training needs about {Bytes(needed)}, and its {(spec.Resources.Slots == 1 ? "slot has" : "slots have")} {Bytes(memoryBytes)}: {advice}.";
    }

    /// <summary>Bytes that a run will write: its checkpoints and, unless they are there, its prepared frames.</summary>
    /// <param name="spec">Of the run.</param>
    /// <param name="classes">Of its data set.</param>
    /// <param name="preparedBytes">That are missing; see <see cref="PreparedBytes"/>.</param>
    public static long DiskBytes(RunSpec spec, int classes, long preparedBytes)
    {
        int kept = spec.Checkpoints.KeepEveryEpochs > 0 ? spec.Training.Epochs / spec.Checkpoints.KeepEveryEpochs : 0;
        return preparedBytes + (PassingCheckpoints + kept) * CheckpointBytes(ModelPlanner.Plan(spec, classes), spec);
    }

    /// <summary>Null when what the run will write fits onto the disk, else what does not.</summary>
    public static string? DiskProblem(long neededBytes, long freeBytes) => neededBytes <= freeBytes ? null
        : $"The run's checkpoints and prepared frames need about {Bytes(neededBytes)} on the disk with the data folder, and {Bytes(freeBytes)} are free: make room, keep fewer checkpoints, or take smaller frames.";

    /// <summary>Weights and the optimizer's memory of them in float32.</summary>
    public static long CheckpointBytes(ModelPlan plan, RunSpec spec) => MemoryEstimate.FixedBytes(plan, spec with { Resources = spec.Resources with { Precision = Precision.Float32 } }) - 4 * plan.TrainableParameters;

    /// <summary>Of the features that a run keeps, at most; 0 where it keeps none.</summary>
    public static long FeatureBytes(DatasetManifest manifest, RunSpec spec) =>
        FeatureCache.IsUsed(spec) ? PreparedBytes(manifest, spec.Data) / (spec.Data.Width * spec.Data.Height * spec.Data.Channels()) * FeatureCache.FrameBytes(spec) : 0;

    /// <summary>Of all frames of a data set, as a run sees them.</summary>
    public static long PreparedBytes(DatasetManifest manifest, DataSpec data)
    {
        double frames = manifest.Samples.Sum(s => data.FrameRate > 0 && s.FrameRate > 0 ? s.Frames * data.FrameRate / s.FrameRate : s.Frames);
        return (long)(frames * data.Width * data.Height * (data.Color == ColorMode.Gray ? 1 : 3));
    }

    /// <summary>Slots of a machine that serve a run which asks for a device, the roomiest first.</summary>
    private static List<Slot> Of(IReadOnlyList<Slot> machine, DeviceKind asked)
    {
        DeviceKind kind = Slot.KindOn(machine, asked);
        return [.. machine.Where(s => s.Kind == kind).OrderByDescending(s => s.MemoryBytes)];
    }

    private static string Bytes(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0} MiB");
}
