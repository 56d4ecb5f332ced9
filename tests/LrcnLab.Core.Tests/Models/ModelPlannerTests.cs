using CsCheck;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Core.Tests.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Models;

/// <summary>Figures of the seed model were counted by hand from Keras' definitions for 101 classes; others are worked out beside the test.</summary>
public sealed class ModelPlannerTests
{
    [Theory]
    [InlineData(40, 80, 4_375_685, 4_377_733)]
    [InlineData(16, 112, 6_997_125, 6_999_173)]
    [InlineData(16, 224, 21_152_901, 21_154_949)]
    public void SeedModel_At101Classes_HasKerasParameters(int frames, int size, long keras, long pytorch)
    {
        ModelPlan plan = Seed(frames, size);

        Assert.Equal(keras, plan.ParametersKeras);
        Assert.Equal(pytorch, plan.Parameters);
        Assert.Equal(keras, plan.TrainableParameters);
    }

    [Fact]
    public void SeedModel_At40x80x80_HasTheseLayers() => Assert.Equal(
        [
            "conv1 [40,32,40,40] 4736", "conv2 [40,32,38,38] 9248", "pool1 [40,32,19,19] 0", "conv3 [40,64,19,19] 18496", "conv4 [40,64,19,19] 36928", "pool2 [40,64,9,9] 0",
            "conv5 [40,128,9,9] 73856", "conv6 [40,128,9,9] 147584", "pool3 [40,128,4,4] 0", "conv7 [40,256,4,4] 295168", "conv8 [40,256,4,4] 590080", "pool4 [40,256,2,2] 0",
            "flatten [40,1024] 0", "dropout [40,1024] 0", "input_dropout [40,1024] 0", "lstm [40,512] 3147776", "readout [512] 0", "fc [101] 51813",
        ],
        Rows(Seed(40, 80)));

    [Fact]
    public void SeedModel_At16x112x112_HasTheseLayers() => Assert.Equal(
        [
            "conv1 [16,32,56,56] 4736", "conv2 [16,32,54,54] 9248", "pool1 [16,32,27,27] 0", "conv3 [16,64,27,27] 18496", "conv4 [16,64,27,27] 36928", "pool2 [16,64,13,13] 0",
            "conv5 [16,128,13,13] 73856", "conv6 [16,128,13,13] 147584", "pool3 [16,128,6,6] 0", "conv7 [16,256,6,6] 295168", "conv8 [16,256,6,6] 590080", "pool4 [16,256,3,3] 0",
            "flatten [16,2304] 0", "dropout [16,2304] 0", "input_dropout [16,2304] 0", "lstm [16,512] 5769216", "readout [512] 0", "fc [101] 51813",
        ],
        Rows(Seed(16, 112)));

    [Fact]
    public void SeedModel_At224_FlattensTo9216() => Assert.Equal([16, 9_216], Layer<FeatureLayer>(Seed(16, 224)).OutputShape);

    /// <summary>Multiply-adds: 72.87 M a frame and 3.15 M an LSTM step at 80 px, 151.17 M and 5.77 M at 112 px.</summary>
    [Theory]
    [InlineData(40, 80, 72.87e6, 3.15e6, 3.04e9)]
    [InlineData(16, 112, 151.17e6, 5.77e6, 2.51e9)]
    public void SeedModel_CountsTwoOperationsForEachMultiplyAdd(int frames, int size, double aFrame, double aStep, double aClip)
    {
        ModelPlan plan = Seed(frames, size);

        Assert.Equal(2 * aFrame * frames, plan.Layers.OfType<ConvolutionLayer>().Sum(l => l.Flops), 2 * 0.005e6 * frames);
        Assert.Equal(2 * aStep * frames, Layer<RecurrentLayer>(plan).Flops, 2 * 0.005e6 * frames);
        Assert.Equal(2 * aClip, plan.FlopsPerClip, 2 * 0.005e9);
    }

    /// <summary>Keras' <c>same</c>: output = ceil(size / stride), total padding = (output - 1) x stride + kernel - size, the odd pixel after.</summary>
    [Theory]
    [InlineData(80, 7, 2, 40, 2, 3)]
    [InlineData(81, 7, 2, 41, 3, 3)]
    [InlineData(112, 7, 2, 56, 2, 3)]
    [InlineData(10, 3, 1, 10, 1, 1)]
    [InlineData(10, 2, 1, 10, 0, 1)]
    [InlineData(9, 1, 2, 5, 0, 0)]
    [InlineData(9, 1, 8, 2, 0, 0)]
    [InlineData(8, 15, 8, 1, 3, 4)]
    public void SamePadding_AtAnySize_PadsAsKeras(int size, int kernel, int stride, int output, int before, int after)
    {
        ConvolutionLayer layer = Layer<ConvolutionLayer>(Small(size, size, new ConvolutionSpec { Kernel = kernel, Stride = stride }));

        Assert.Equal([output, output], layer.OutputShape.Skip(2));
        Assert.Equal((before, after, before, after), (layer.PadLeft, layer.PadRight, layer.PadTop, layer.PadBottom));
    }

    [Theory]
    [InlineData(80, 7, 2, 37)]
    [InlineData(81, 7, 2, 38)]
    [InlineData(15, 15, 1, 1)]
    [InlineData(16, 15, 8, 1)]
    public void ValidPadding_AtAnySize_NeverPads(int size, int kernel, int stride, int output)
    {
        ConvolutionLayer layer = Layer<ConvolutionLayer>(Small(size, size, new ConvolutionSpec { Kernel = kernel, Stride = stride, Padding = Padding.Valid }));

        Assert.Equal([output, output], layer.OutputShape.Skip(2));
        Assert.Equal((0, 0, 0, 0), (layer.PadLeft, layer.PadRight, layer.PadTop, layer.PadBottom));
    }

    [Fact]
    public void Frames_ThatAreNotSquare_KeepHeightBeforeWidth()
    {
        ModelPlan plan = Small(width: 65, height: 48, new ConvolutionSpec { Filters = 5, Kernel = 4, Stride = 2, Pool = 3 });

        Assert.Equal([16, 3, 48, 65], plan.InputShape);
        Assert.Equal([16, 5, 24, 33], Layer<ConvolutionLayer>(plan).OutputShape);
        Assert.Equal((1, 2, 1, 1), (Layer<ConvolutionLayer>(plan).PadLeft, Layer<ConvolutionLayer>(plan).PadRight, Layer<ConvolutionLayer>(plan).PadTop, Layer<ConvolutionLayer>(plan).PadBottom));
        Assert.Equal([16, 5, 8, 11], Layer<PoolLayer>(plan).OutputShape);
        Assert.Equal([16, 5 * 8 * 11], Layer<FeatureLayer>(plan).OutputShape);
    }

    [Fact]
    public void GrayFrames_HaveOneChannel()
    {
        RunSpec spec = new() { Data = new DataSpec { Color = ColorMode.Gray } };
        ModelPlan plan = ModelPlanner.Plan(spec, 8);

        Assert.Equal(1, plan.InputShape[1]);
        Assert.Equal((1 * 3 * 3 + 1) * 32, Layer<ConvolutionLayer>(plan).Parameters);
    }

    [Fact]
    public void AveragePooling_LeavesOneFeatureAChannel()
    {
        RunSpec spec = new() { Model = new ModelSpec { Backbone = new BackboneSpec { Features = FeaturePooling.Average } } };

        Assert.Equal([16, 32], Layer<FeatureLayer>(ModelPlanner.Plan(spec, 8)).OutputShape);
    }

    /// <summary>
    /// PyTorch: 4H(I + H) weights and two biases of 4H in the first layer, 4H(H + H) and two biases in each further one.
    /// I = 32 x 40 x 40 = 51,200 and H = 8.
    /// </summary>
    [Theory]
    [InlineData(1, 4 * 8 * (51_200 + 8) + 2 * 32)]
    [InlineData(3, 4 * 8 * (51_200 + 8) + 2 * 32 + 2 * (4 * 8 * 16 + 2 * 32))]
    public void LstmStack_HasParametersAsPyTorchCounts(int layers, long expected)
    {
        RunSpec spec = new() { Model = new ModelSpec { Sequence = new SequenceSpec { Hidden = 8, Layers = layers } } };
        RecurrentLayer lstm = Layer<RecurrentLayer>(ModelPlanner.Plan(spec, 8));

        Assert.Equal(expected, lstm.Parameters);
        Assert.Equal(32 * layers, lstm.FrozenParameters);
        Assert.Equal(expected - 32 * layers, lstm.ParametersKeras);
        Assert.Equal(2 * 16 * (expected - 64 * layers), lstm.Flops);
    }

    [Theory]
    [InlineData(Readout.Last, false)]
    [InlineData(Readout.Mean, false)]
    [InlineData(Readout.EveryStep, true)]
    public void Readout_DecidesWhatTheClassifierReads(Readout readout, bool everyStep)
    {
        RunSpec spec = new() { Model = new ModelSpec { Sequence = new SequenceSpec { Hidden = 24, Readout = readout } } };
        ModelPlan plan = ModelPlanner.Plan(spec, 8);

        Assert.Equal(everyStep ? [16, 24] : [24], Layer<ReadoutLayer>(plan).OutputShape);
        Assert.Equal(everyStep ? [16, 8] : [8], Layer<LinearLayer>(plan).OutputShape);
        Assert.Equal(25 * 8, Layer<LinearLayer>(plan).Parameters);
        Assert.Equal(2L * 24 * 8 * (everyStep ? 16 : 1), Layer<LinearLayer>(plan).Flops);
    }

    [Fact]
    public void BatchNorm_FollowsEachConvolutionAndCountsItsMovingStatisticsAsKerasDoes()
    {
        ModelPlan plan = ModelPlanner.Plan(Presets.QuickStart.Spec, 8);

        Assert.Equal(["conv1", "bn1", "relu1", "pool1", "conv2", "bn2", "relu2", "pool2", "conv3", "bn3", "relu3", "pool3"], plan.Layers.Take(12).Select(l => l.Name));
        Assert.Equal([2 * 16, 2 * 32, 2 * 64], plan.Layers.OfType<BatchNormLayer>().Select(l => l.Parameters));
        Assert.Equal(plan.Parameters - plan.Layers.OfType<RecurrentLayer>().Single().FrozenParameters + 2 * (16 + 32 + 64), plan.ParametersKeras);
    }

    [Fact]
    public void Dropout_OfZero_LeavesNoLayer() => Assert.Empty(ModelPlanner.Plan(new RunSpec(), 8).Layers.OfType<DropoutLayer>());

    [Fact]
    public void Classes_BelowOne_AreABug() => Assert.Throws<ArgumentOutOfRangeException>(() => ModelPlanner.Plan(new RunSpec(), 0));

    [Fact]
    public void Plan_OfAnyValidSpec_HasUniqueNamesPositiveShapesAndNoOverflow() => AnySpec.Valid.Sample(
        spec =>
        {
            ModelPlan plan = ModelPlanner.Plan(spec, 101);
            Assert.Equal(plan.Layers.Count, plan.Layers.Select(l => l.Name).Distinct().Count());
            Assert.All(plan.Layers, l => Assert.All(l.OutputShape, size => Assert.True(size > 0, l.Name)));
            Assert.All(plan.Layers, l => Assert.True(l is { Parameters: >= 0, Flops: >= 0, ActivationBytes: >= 0 }, l.Name));
            Assert.True(plan.TrainableParameters > 0 && plan.FlopsPerClip > 0 && plan.MemoryBytes(spec) > 0);
        },
        iter: 500,
        print: SpecText.ToJson);

    [Fact]
    public void Plan_OfTheLargestSpec_DoesNotOverflow()
    {
        RunSpec spec = new()
        {
            Data = new DataSpec { ClipLength = 512, Width = 512, Height = 512 },
            Model = new ModelSpec
            {
                Backbone = new BackboneSpec { Convolutions = [.. Enumerable.Repeat(new ConvolutionSpec { Filters = 2048, Kernel = 15 }, 32)] },
                Sequence = new SequenceSpec { Hidden = 4096, Layers = 8 },
            },
            Training = new TrainingSpec { BatchSize = 4096 },
        };
        Assert.Empty(SpecReader.Validate(spec));
        ModelPlan plan = ModelPlanner.Plan(spec, 1000);

        Assert.Equal(2048L * 512 * 512, plan.Layers.OfType<RecurrentLayer>().Single().InputSize);
        Assert.True(plan.Parameters > 8e12 && plan.FlopsPerClip > 7.8e18 && plan.MemoryBytes(spec) > 1e17);
    }

    [Fact]
    public void Summary_SaysWhatThePlanSays()
    {
        RunSpec spec = Presets.KerasPost.Spec;
        ModelPlan plan = ModelPlanner.Plan(spec, 101);
        ModelSummary summary = ModelSummary.Of(spec, 101);

        Assert.Equal(plan.Layers.Select(l => (l.Name, l.Type, l.Parameters, l.Flops)), summary.Layers.Select(l => (l.Name, l.Type, l.Parameters, l.Flops)));
        Assert.Equal(
            (plan.Parameters, plan.TrainableParameters, plan.ParametersKeras, plan.FlopsPerClip, plan.MemoryBytes(spec)),
            (summary.Parameters, summary.TrainableParameters, summary.ParametersKeras, summary.FlopsPerClip, summary.MemoryBytes));
        Assert.Equal("Conv 7x7 / 2", summary.Layers[0].Type);
    }

    private static ModelPlan Seed(int frames, int size)
    {
        RunSpec seed = Presets.KerasPost.Spec;
        return ModelPlanner.Plan(seed with { Data = seed.Data with { ClipLength = frames, Width = size, Height = size } }, 101);
    }

    private static ModelPlan Small(int width, int height, ConvolutionSpec convolution) => ModelPlanner.Plan(
        new RunSpec { Data = new DataSpec { Width = width, Height = height }, Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = [convolution] } } }, 8);

    private static T Layer<T>(ModelPlan plan) where T : PlanLayer => Assert.IsType<T>(plan.Layers.First(l => l is T));

    private static IEnumerable<string> Rows(ModelPlan plan) =>
        plan.Layers.Where(l => l is not ActivationLayer).Select(l => $"{l.Name} [{string.Join(',', l.OutputShape)}] {l.ParametersKeras}");
}
