using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Models;

public sealed class FeatureCacheTests
{
    private static readonly RunSpec Frozen = new() { Model = new ModelSpec { Backbone = new BackboneSpec { Network = BackboneNetwork.MobilenetV2, Freeze = BackboneFreeze.All } } };

    [Fact]
    public void WhyNot_OfAFrozenBackboneWithoutChance_IsNull()
    {
        Assert.Null(FeatureCache.WhyNot(Frozen));
        Assert.Null(FeatureCache.WhyNot(Frozen with { Augmentation = new AugmentationSpec { TimeJitter = true, Speed = 0.2, TimeReversal = true } }));
        Assert.Equal(1280, FeatureCache.Values(Frozen));
        Assert.Equal(4 * 4096, FeatureCache.FrameBytes(Frozen with { Model = Frozen.Model with { Backbone = Frozen.Model.Backbone with { Network = BackboneNetwork.Vgg16, Output = BackboneOutput.Fc6 } } }));
    }

    [Fact]
    public void WhyNot_WhereNobodyExpectsIt_IsEmpty() => Assert.Equal("", FeatureCache.WhyNot(new RunSpec()));

    public static TheoryData<string> Reasons => [.. Others.Keys];

    private static readonly Dictionary<string, Func<RunSpec, RunSpec>> Others = new()
    {
        ["model.backbone.keepFeatures"] = s => Backbone(s, b => b with { KeepFeatures = false }),
        ["model.backbone.freezeEpochs"] = s => Backbone(s, b => b with { FreezeEpochs = 2 }),
        ["model.backbone.network"] = s => Backbone(s, b => b with { Network = BackboneNetwork.C3d }),
        ["data.normalization"] = s => s with { Data = s.Data with { Normalization = ClipNormalization.Motion } },
        ["training.mixup"] = s => s with { Training = s.Training with { Mixup = 0.2 } },
        ["augmentation.shift"] = s => s with { Augmentation = new AugmentationSpec { Shift = 0.1 } },
        ["augmentation.crop "] = s => s with { Augmentation = new AugmentationSpec { Crop = 0.1 } },
        ["augmentation.cropScales"] = s => s with { Augmentation = new AugmentationSpec { CropScales = [100, 80] } },
        ["augmentation.aspect"] = s => s with { Augmentation = new AugmentationSpec { Aspect = 0.1 } },
        ["augmentation.horizontalFlip"] = s => s with { Augmentation = new AugmentationSpec { HorizontalFlip = true } },
        ["augmentation.brightness"] = s => s with { Augmentation = new AugmentationSpec { Brightness = 0.1 } },
        ["augmentation.contrast"] = s => s with { Augmentation = new AugmentationSpec { Contrast = 0.1 } },
        ["augmentation.saturation"] = s => s with { Augmentation = new AugmentationSpec { Saturation = 0.1 } },
        ["augmentation.hue"] = s => s with { Augmentation = new AugmentationSpec { Hue = 0.1 } },
        ["augmentation.erase"] = s => s with { Augmentation = new AugmentationSpec { Erase = 0.1 } },
        ["augmentation.timeReversal"] = s => s with { Data = s.Data with { Color = ColorMode.Flow }, Augmentation = new AugmentationSpec { TimeReversal = true } },
    };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void WhyNot_NamesTheFieldThatDecides(string field) => Assert.Contains(field, FeatureCache.WhyNot(Others[field](Frozen)) + " ", StringComparison.Ordinal);

    private static RunSpec Backbone(RunSpec spec, Func<BackboneSpec, BackboneSpec> change) => spec with { Model = spec.Model with { Backbone = change(spec.Model.Backbone) } };
}
