using System.Globalization;
using LrcnLab.Core.Models;

namespace LrcnLab.Core.Specs;

/// <summary>Rules between fields; ranges of single fields stand in their declarations.</summary>
public static class SpecRules
{
    private const long MostSideBySide = 10_000_000;

    public static IEnumerable<SpecProblem> Check(RunSpec spec)
    {
        foreach (SpecProblem problem in spec.Model.Backbone.Network == BackboneNetwork.Own ? CheckConvolutions(spec) : CheckNetwork(spec))
            yield return problem;

        if (spec.Data is { Normalization: ClipNormalization.Imagenet, Color: not ColorMode.Rgb })
            yield return new SpecProblem("data.normalization", $"imagenet has means of three colours, and the colour is {SpecField.Word(spec.Data.Color)}: choose rgb, or unit.");
        if (spec.Schedule.Kind == ScheduleKind.InverseTime && spec.Schedule.Decay == 0)
            yield return new SpecProblem("schedule.decay", "The inverse-time schedule needs a decay above 0; Keras' common value is 1e-6.");
        if (spec.Schedule is { Kind: ScheduleKind.MultiStep, Milestones: var milestones } && (milestones.Count == 0 || milestones.Zip(milestones.Skip(1)).Any(pair => pair.First >= pair.Second)))
            yield return new SpecProblem("schedule.milestones", "The multi-step schedule needs at least one milestone, in rising order, such as 30, 60, 80.");
        if (spec.Model.Sequence is { Kind: not SequenceKind.None, Dropout: > 0, Layers: 1 })
            yield return new SpecProblem("model.sequence.dropout", "Dropout between layers needs at least 2 layers; for one layer use the input dropout.");
        if (ModelPlanner.FrozenLayers(spec) is null)
            yield return new SpecProblem("model.backbone.freezeUpTo", spec.Model.Backbone.FreezeUpTo.Length == 0 ? "Name the last layer that keeps its weights, such as conv1, or choose all or none." : $"The backbone has no layer or block {spec.Model.Backbone.FreezeUpTo}: the model summary shows their names.");
        foreach (SpecProblem problem in CheckSequence(spec))
            yield return problem;
        if (spec.Training.Mixup > 0 && spec.Data.HasShortClips())
            yield return new SpecProblem("training.mixup", "Mixup blends clips of the same length: choose another sampling than variable and another way for short videos than pad, or 0.");
        if (spec.Evaluation.ViewStride > 0 && spec.Data.Sampling is not (ClipSampling.Contiguous or ClipSampling.Variable))
            yield return new SpecProblem("evaluation.viewStride", $"A stride of {spec.Evaluation.ViewStride} frames needs clips of neighbouring frames: choose contiguous or variable sampling, or 0.");
        if (spec.Resources.RecomputeFrames > 0 && spec.Model.Backbone is { Network: BackboneNetwork.Own, Normalization: FrameNormalization.Batch })
            yield return new SpecProblem("resources.recomputeFrames", "Recomputing would take a batch norm's statistics from a part of the batch: choose normalisation none or group, or 0.");
        if (spec.Resources is { Slots: > 1, Device: not DeviceKind.Cpu })
            yield return new SpecProblem("resources.slots", $"{spec.Resources.Slots} slots go together on the CPU only: choose the device cpu, or 1 slot.");
        if (spec.Resources is { Precision: not Precision.Float32, RecomputeFrames: > 0 })
            yield return new SpecProblem("resources.recomputeFrames", "Recomputing is done in float32 only: choose that precision, or 0.");
        for (int i = 0; i < spec.Guards.Rules.Count; i++)
        {
            if (GuardProblem(spec.Guards.Rules[i]) is var (field, message))
                yield return new SpecProblem($"guards.rules[{i}].{field}", message);
        }
    }

    private static IEnumerable<SpecProblem> CheckConvolutions(RunSpec spec)
    {
        int width = spec.Data.Width, height = spec.Data.Height;
        for (int i = 0; i < spec.Model.Backbone.Convolutions.Count; i++)
        {
            ConvolutionSpec layer = spec.Model.Backbone.Convolutions[i];
            string at = $"model.backbone.convolutions[{i}]";
            if (layer.Padding == Padding.Valid && layer.Kernel > Math.Min(width, height))
            {
                yield return new SpecProblem($"{at}.kernel", $"A kernel of {layer.Kernel} px does not fit into the {width}x{height} px that reach this layer: at most {Math.Min(width, height)} with valid padding.");
                yield break;
            }

            width = ModelPlanner.ConvolutionSize(width, layer);
            height = ModelPlanner.ConvolutionSize(height, layer);
            if (layer.Pool > Math.Min(width, height))
            {
                yield return new SpecProblem($"{at}.pool", $"A pool of {layer.Pool} px does not fit into the {width}x{height} px that reach it: use larger frames, or fewer strides and pools.");
                yield break;
            }

            width /= layer.Pool;
            height /= layer.Pool;
        }
    }

    private static IEnumerable<SpecProblem> CheckSequence(RunSpec spec)
    {
        SequenceSpec sequence = spec.Model.Sequence;
        string network = SpecField.Word(spec.Model.Backbone.Network);
        bool wholeClips = ClipNetworks.Include(spec.Model.Backbone.Network);
        if (wholeClips && sequence.Kind != SequenceKind.None)
            yield return new SpecProblem("model.sequence.kind", $"{network} sees the whole clip at once and leaves no sequence: choose none.");
        if (wholeClips && sequence.InputDropout > 0)
            yield return new SpecProblem("model.sequence.inputDropout", $"{network} leaves no sequence: use the backbone's dropout, and 0 here.");
        long values = (long)spec.Data.ClipLength * ModelPlanner.StepSize(spec);
        if (!wholeClips && sequence.Readout == Readout.All && values > MostSideBySide)
            yield return new SpecProblem("model.sequence.readout", string.Create(CultureInfo.InvariantCulture, $"All steps side by side are {values:N0} values, at most {MostSideBySide:N0} are allowed: choose average features, fewer frames, or another read-out."));
        if ((wholeClips || sequence.Readout == Readout.All) && spec.Data.HasShortClips())
            yield return new SpecProblem(wholeClips ? "model.backbone.network" : "model.sequence.readout",
                $"{(wholeClips ? network : "The read-out of all steps")} needs clips of one length: choose another sampling than variable and another way for short videos than pad.");
    }

    private static IEnumerable<SpecProblem> CheckNetwork(RunSpec spec)
    {
        BackboneSpec backbone = spec.Model.Backbone;
        string name = SpecField.Word(backbone.Network);
        int smallest = KnownNetworks.SmallestFrame(backbone.Network);
        foreach (var (field, side) in new[] { ("data.width", spec.Data.Width), ("data.height", spec.Data.Height) })
        {
            if (side < smallest)
                yield return new SpecProblem(field, $"{side} px do not reach the end of {name}: at least {smallest} px are needed.");
        }

        if (spec.Data.ClipLength < ClipNetworks.ShortestClip(backbone.Network))
            yield return new SpecProblem("data.clipLength", $"{spec.Data.ClipLength} frames do not reach the end of {name}: at least {ClipNetworks.ShortestClip(backbone.Network)} are needed.");
        if (backbone.Output != BackboneOutput.Pool && !KnownNetworks.HasFullyConnected(backbone.Network))
            yield return new SpecProblem("model.backbone.output", $"{name} has no layer {SpecField.Word(backbone.Output)}: choose pool.");
        if (spec.Resources.RecomputeFrames > 0 && ClipNetworks.Include(backbone.Network))
            yield return new SpecProblem("resources.recomputeFrames", $"Recomputing goes frame by frame, and {name} sees the whole clip at once: choose 0.");
        else if (spec.Resources.RecomputeFrames > 0 && KnownNetworks.DependsOnChanceOrBatch(backbone.Network, backbone.Output))
            yield return new SpecProblem("resources.recomputeFrames", $"Recomputing needs a backbone that gives the same twice: {name} has batch norm or dropout in it. Choose 0.");
    }

    private static (string Field, string Message)? GuardProblem(GuardSpec rule)
    {
        bool surroundings = rule.Watch is GuardWatch.DataWait or GuardWatch.DiskFree;
        if (surroundings && rule.When is GuardCondition.NotFinite or GuardCondition.Flat)
            return ("when", $"{SpecField.Word(rule.Watch)} is always a number that moves: choose above or below.");
        if (surroundings && rule.Then == GuardAction.LowerRate)
            return ("then", $"A lower learning rate does not change {SpecField.Word(rule.Watch)}: choose notify, pause or stop.");
        if (rule is { When: GuardCondition.Flat, InARow: < 2 })
            return ("inARow", "Flat compares values in a row: 2 or more are needed.");
        return rule is { When: GuardCondition.Flat, Bound: < 0 } ? ("bound", $"Values cannot differ by less than nothing: {rule.Bound} has to be 0 or more.") : null;
    }
}
