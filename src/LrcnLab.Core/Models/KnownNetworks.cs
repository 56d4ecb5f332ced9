using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>
/// The convolutional part of known networks, layer by layer under their public names with <c>cnn.</c> before them: torchvision's AlexNet, VGG, ResNet and MobileNetV2
/// (torchvision 0.14, <c>torchvision/models</c>), TensorFlow's MobileNetV2 under the same names, and the base of the LRCN paper (released Caffe code, <c>train_test_lstm_RGB.prototxt</c>).
/// </summary>
public static class KnownNetworks
{
    /// <summary>Before each public name, as a run's own layers have similar ones.</summary>
    public const string Prefix = "cnn.";

    private static readonly Dictionary<BackboneNetwork, int[]> VggStages = new()
    {
        [BackboneNetwork.Vgg11] = [1, 1, 2, 2, 2],
        [BackboneNetwork.Vgg16] = [2, 2, 3, 3, 3],
        [BackboneNetwork.Vgg19] = [2, 2, 4, 4, 4],
    };

    private static readonly Dictionary<BackboneNetwork, int[]> ResidualStages = new()
    {
        [BackboneNetwork.Resnet18] = [2, 2, 2, 2],
        [BackboneNetwork.Resnet34] = [3, 4, 6, 3],
        [BackboneNetwork.Resnet50] = [3, 4, 6, 3],
    };

    // Expansion, channels, blocks, stride (MobileNetV2 paper, table 2).
    private static readonly int[][] InvertedStages = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]];

    /// <summary>Whether it has the fully connected layers fc6 and fc7.</summary>
    public static bool HasFullyConnected(BackboneNetwork network) => network is not (BackboneNetwork.Own or BackboneNetwork.MobilenetV2 or BackboneNetwork.MobilenetV2Tf or BackboneNetwork.Conv3d) && !ResidualStages.ContainsKey(network);

    /// <summary>Smallest side of a frame that still reaches the end.</summary>
    public static int SmallestFrame(BackboneNetwork network) => network switch
    {
        BackboneNetwork.LrcnCaffe => 67,
        BackboneNetwork.Alexnet => 63,
        BackboneNetwork.Conv3d => 54,
        BackboneNetwork.C3d => 16,
        _ => 32,
    };

    /// <summary>Whether a frame's features while training depend on other frames, or on dropout before the output.</summary>
    public static bool DependsOnChanceOrBatch(BackboneNetwork network, BackboneOutput output) =>
        ResidualStages.ContainsKey(network) || network is BackboneNetwork.MobilenetV2 or BackboneNetwork.Vgg11Bn or BackboneNetwork.Vgg16Bn or BackboneNetwork.Vgg19Bn
        || output == BackboneOutput.Fc7 || (network == BackboneNetwork.Alexnet && output == BackboneOutput.Fc6);

    /// <param name="network">Not <see cref="BackboneNetwork.Own"/>.</param>
    /// <param name="output">The layer that is the last.</param>
    /// <param name="input">[T, C, H, W]</param>
    /// <returns>Layers from frames to features.</returns>
    public static IReadOnlyList<PlanLayer> Plan(BackboneNetwork network, BackboneOutput output, IReadOnlyList<int> input)
    {
        var plan = new FramePlan(input);
        switch (network)
        {
            case BackboneNetwork.LrcnCaffe:
                LrcnCaffe(plan, output);
                break;
            case BackboneNetwork.Alexnet:
                Alexnet(plan, output);
                break;
            case BackboneNetwork.MobilenetV2 or BackboneNetwork.MobilenetV2Tf:
                Mobilenet(plan, folded: network == BackboneNetwork.MobilenetV2Tf);
                break;
            case var residual when ResidualStages.TryGetValue(residual, out int[]? blocks):
                Resnet(plan, blocks, bottleneck: network == BackboneNetwork.Resnet50);
                break;
            default:
                bool norm = network is BackboneNetwork.Vgg11Bn or BackboneNetwork.Vgg16Bn or BackboneNetwork.Vgg19Bn;
                Vgg(plan, output, VggStages[norm ? network - 1 : network], norm);
                break;
        }

        return plan.Layers;
    }

    /// <summary>A hybrid of CaffeNet and Zeiler-Fergus (paper §4); pools round up, as Caffe's do.</summary>
    private static void LrcnCaffe(FramePlan plan, BackboneOutput output)
    {
        plan.Convolve("conv1", 96, 7, 2, 0).Rectify("relu1").MaxPool("pool1", 3, 2, ceil: true).LocalNorm("norm1");
        plan.Convolve("conv2", 384, 5, 2, 0, groups: 2).Rectify("relu2").MaxPool("pool2", 3, 2, ceil: true).LocalNorm("norm2");
        plan.Convolve("conv3", 512, 3, 1, 1).Rectify("relu3");
        plan.Convolve("conv4", 512, 3, 1, 1, groups: 2).Rectify("relu4");
        plan.Convolve("conv5", 384, 3, 1, 1, groups: 2).Rectify("relu5").MaxPool("pool5", 3, 2, ceil: true);
        FullyConnected(plan.Flatten(), output, "fc6", "fc7", first: 0, second: 0.5);
    }

    private static void Alexnet(FramePlan plan, BackboneOutput output)
    {
        plan.Convolve("features.0", 64, 11, 4, 2).Rectify("features.1").MaxPool("features.2", 3, 2);
        plan.Convolve("features.3", 192, 5, 1, 2).Rectify("features.4").MaxPool("features.5", 3, 2);
        plan.Convolve("features.6", 384, 3, 1, 1).Rectify("features.7");
        plan.Convolve("features.8", 256, 3, 1, 1).Rectify("features.9");
        plan.Convolve("features.10", 256, 3, 1, 1).Rectify("features.11").MaxPool("features.12", 3, 2);
        FullyConnected(plan.AveragePool("avgpool", 6).Flatten(), output, "classifier.1", "classifier.4", first: 0.5, second: 0.5);
    }

    private static void Vgg(FramePlan plan, BackboneOutput output, int[] stages, bool norm)
    {
        int place = 0;
        int[] channels = [64, 128, 256, 512, 512];
        for (int stage = 0; stage < stages.Length; stage++)
        {
            for (int i = 0; i < stages[stage]; i++)
            {
                plan.Convolve($"features.{place++}", channels[stage], 3, 1, 1);
                if (norm)
                    plan.Normalize($"features.{place++}");
                plan.Rectify($"features.{place++}");
            }

            plan.MaxPool($"features.{place++}", 2, 2);
        }

        FullyConnected(plan.AveragePool("avgpool", 7).Flatten(), output, "classifier.0", "classifier.3", first: 0, second: 0.5);
    }

    private static void FullyConnected(FramePlan plan, BackboneOutput output, string fc6, string fc7, double first, double second)
    {
        if (output >= BackboneOutput.Fc6)
            plan.Connect(fc6, 4096, first).Rectify("relu6");
        if (output >= BackboneOutput.Fc7)
            plan.Connect(fc7, 4096, second).Rectify("relu7");
    }

    private static void Resnet(FramePlan plan, int[] blocks, bool bottleneck)
    {
        plan.Convolve("conv1", 64, 7, 2, 3, bias: false).Normalize("bn1").Rectify("relu").MaxPool("maxpool", 3, 2, padding: 1);
        int expansion = bottleneck ? 4 : 1;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int width = 64 << stage;
            for (int i = 0; i < blocks[stage]; i++)
            {
                string name = $"layer{stage + 1}.{i}";
                int stride = stage > 0 && i == 0 ? 2 : 1;
                FramePlan body = plan.Branch(), shortcut = plan.Branch();
                if (bottleneck)
                {
                    body.Convolve($"{name}.conv1", width, 1, 1, 0, bias: false).Normalize($"{name}.bn1").Rectify($"{name}.relu1");
                    body.Convolve($"{name}.conv2", width, 3, stride, 1, bias: false).Normalize($"{name}.bn2").Rectify($"{name}.relu2");
                    body.Convolve($"{name}.conv3", width * expansion, 1, 1, 0, bias: false).Normalize($"{name}.bn3");
                }
                else
                {
                    body.Convolve($"{name}.conv1", width, 3, stride, 1, bias: false).Normalize($"{name}.bn1").Rectify($"{name}.relu1");
                    body.Convolve($"{name}.conv2", width, 3, 1, 1, bias: false).Normalize($"{name}.bn2");
                }

                if (i == 0 && (stride > 1 || plan.Channels != width * expansion))
                    shortcut.Convolve($"{name}.downsample.0", width * expansion, 1, stride, 0, bias: false).Normalize($"{name}.downsample.1");
                plan.Add(name, body, shortcut, activation: true);
            }
        }

        plan.Average();
    }

    /// <param name="plan">To add to.</param>
    /// <param name="folded">As TensorFlow's networks are when they are handed on: batch norm is folded into biases, and padding is TensorFlow's <c>SAME</c>.</param>
    private static void Mobilenet(FramePlan plan, bool folded)
    {
        Convolve(plan, "features.0", 32, 3, 2);
        int place = 0;
        foreach (int[] stage in InvertedStages)
        {
            for (int i = 0; i < stage[2]; i++)
            {
                string name = $"features.{++place}";
                int stride = i == 0 ? stage[3] : 1, part = 0, hidden = plan.Channels * stage[0], before = plan.Channels;
                FramePlan body = plan.Branch();
                if (stage[0] > 1)
                    Convolve(body, $"{name}.conv.{part++}", hidden, 1, 1);
                Convolve(body, $"{name}.conv.{part++}", hidden, 3, stride, hidden);
                body.Convolve($"{name}.conv.{part}", stage[1], 1, 1, 0, bias: folded);
                if (!folded)
                    body.Normalize($"{name}.conv.{part + 1}");
                if (stride == 1 && before == stage[1])
                    plan.Add(name, body, plan.Branch(), activation: false);
                else
                    plan.Append(body);
            }
        }

        Convolve(plan, "features.18", 1280, 1, 1);
        plan.Average();

        void Convolve(FramePlan to, string name, int channels, int kernel, int stride, int groups = 1)
        {
            if (folded)
                to.ConvolveSame($"{name}.0", channels, kernel, stride, groups);
            else
                to.Convolve($"{name}.0", channels, kernel, stride, kernel / 2, groups, bias: false).Normalize($"{name}.1");
            to.Rectify($"{name}.2", Activation.Relu6);
        }
    }
}
