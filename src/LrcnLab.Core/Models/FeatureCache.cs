using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>Whether the features of a run's backbone are always the same for a frame, so that they are computed once and kept.</summary>
public static class FeatureCache
{
    /// <summary>Frames whose features are computed together; always the same, so that features do not depend on who asked for them.</summary>
    public const int FramesAtOnce = 16;

    public static bool IsUsed(RunSpec spec) => WhyNot(spec) is null;

    /// <summary>Null when they are kept; an empty text where nobody would expect it, as the backbone learns; else why not, in words, with the field that decides.</summary>
    public static string? WhyNot(RunSpec spec)
    {
        BackboneSpec backbone = spec.Model.Backbone;
        if (backbone.Freeze != BackboneFreeze.All)
            return "";
        if (!backbone.KeepFeatures)
            return "model.backbone.keepFeatures is off";
        if (backbone.FreezeEpochs > 0)
            return "the backbone learns after model.backbone.freezeEpochs";
        if (ClipNetworks.Include(backbone.Network))
            return "model.backbone.network sees whole clips and has no features of frames";
        if (spec.Data.Normalization is ClipNormalization.PerClip or ClipNormalization.Motion)
            return "data.normalization depends on the other frames of a clip";
        if (spec.Training.Mixup > 0)
            return "training.mixup blends clips";
        return Changes(spec).FirstOrDefault(c => c.Changes).Field is string field ? $"augmentation.{field} changes frames by chance" : null;
    }

    /// <summary>F: values of one frame.</summary>
    public static int Values(RunSpec spec) => ModelPlanner.FrameFeatures(spec);

    /// <summary>Of one frame, float32.</summary>
    public static int FrameBytes(RunSpec spec) => sizeof(float) * Values(spec);

    private static IEnumerable<(string Field, bool Changes)> Changes(RunSpec spec)
    {
        AugmentationSpec a = spec.Augmentation;
        return
        [
            ("shift", a.Shift > 0), ("crop", a.Crop > 0), ("cropScales", a.CropScales.Count > 0), ("aspect", a.Aspect > 0), ("horizontalFlip", a.HorizontalFlip),
            ("brightness", a.Brightness > 0), ("contrast", a.Contrast > 0), ("saturation", a.Saturation > 0), ("hue", a.Hue > 0), ("erase", a.Erase > 0),
            ("timeReversal", a.TimeReversal && spec.Data.Color == ColorMode.Flow),
        ];
    }
}
