using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Models;

/// <summary>Known networks against torchvision with the same weights, which a formula gives (<c>torchvision-reference/make.py</c>).</summary>
public sealed class KnownNetworksTests
{
    private static readonly JsonNode Reference = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "torchvision-reference", "features.json")))!;

    public static TheoryData<BackboneNetwork> Networks => [.. Enum.GetValues<BackboneNetwork>().Where(n => Reference[SpecField.Word(n)] is not null)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Features_AreTorchvisions(BackboneNetwork network)
    {
        JsonNode expected = Reference[SpecField.Word(network)]!;
        int side = (int)expected["side"]!;
        var spec = new RunSpec
        {
            Data = new DataSpec { ClipLength = 2, Width = side, Height = side },
            Model = new ModelSpec
            {
                Backbone = new BackboneSpec { Network = network, Output = (int)expected["size"]! == 4096 ? BackboneOutput.Fc7 : BackboneOutput.Pool },
                Sequence = new SequenceSpec { Hidden = 4 },
            },
        };
        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(spec, 2));
        model.eval();
        using var quiet = no_grad();
        foreach (var (name, value) in model.state_dict().Where(w => w.Key.StartsWith("cnn.", StringComparison.Ordinal)))
            Fill(name["cnn.".Length..], value);

        Tensor features = model.Features(Numbers(2L * 3 * side * side, 1).reshape(2, 3, side, side)).to(float64);

        Assert.Equal([2L, (int)expected["size"]!], features.shape);
        double norm = (double)expected["norm"]!;
        Assert.Equal(norm, features.norm().item<double>(), 1e-4 * norm);
        long[] places = [.. expected["places"]!.AsArray().Select(p => (long)p!)];
        double tolerance = 1e-4 * features.abs().max().item<double>();
        Assert.Equal(
            expected["values"]!.AsArray().Select(v => (double)v!),
            Enumerable.Range(0, 2).SelectMany(k => places.Select(i => features[k, i].item<double>())),
            (a, b) => Math.Abs(a - b) < tolerance);
    }

    /// <summary>Libraries choose other kernels for other sizes and threads; all have to be right.</summary>
    [Theory]
    [InlineData(BackboneNetwork.Resnet50, 1)]
    [InlineData(BackboneNetwork.Resnet50, 2)]
    [InlineData(BackboneNetwork.MobilenetV2, 2)]
    public void Features_OfManyFrames_AreThoseOfEachAlone(BackboneNetwork network, int threads)
    {
        int before = get_num_threads();
        set_num_threads(threads);
        try
        {
            var spec = new RunSpec { Data = new DataSpec { ClipLength = 2, Width = 96, Height = 96 }, Model = new ModelSpec { Backbone = new BackboneSpec { Network = network, Output = BackboneOutput.Pool } } };
            using var scope = NewDisposeScope();
            using var model = new LrcnModel(ModelPlanner.Plan(spec, 2));
            model.eval();
            using var quiet = no_grad();
            Tensor frames = Numbers(16L * 3 * 96 * 96, 1).reshape(16, 3, 96, 96);

            Tensor together = model.Features(frames);

            Tensor alone = cat([.. Enumerable.Range(0, 16).Select(i => model.Features(frames.slice(0, i, i + 1, 1)))]);
            Assert.True((together - alone).abs().max().item<float>() <= 1e-4 * alone.abs().max().item<float>());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static void Fill(string name, Tensor value)
    {
        if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            return;
        Tensor wave = Numbers(value.numel(), Crc32(name) % 1000).reshape(value.shape);
        value.copy_(name.EndsWith("running_var", StringComparison.Ordinal) ? 1 + 0.5 * wave
            : value.dim() > 1 ? wave * Math.Sqrt(6.0 * value.shape[0] / value.numel())
            : name.EndsWith("weight", StringComparison.Ordinal) ? 1 + 0.2 * wave
            : 0.1 * wave);
    }

    /// <summary>As Python's <c>zlib.crc32</c>.</summary>
    private static uint Crc32(string text)
    {
        uint crc = uint.MaxValue;
        foreach (byte next in Encoding.ASCII.GetBytes(text))
        {
            crc ^= next;
            for (int bit = 0; bit < 8; bit++)
                crc = crc >> 1 ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
        }

        return ~crc;
    }

    private static Tensor Numbers(long count, double phase)
    {
        using var scope = NewDisposeScope();
        Tensor wild = (arange(65537, float64) * 12.9898 + phase).sin() * 43758.5453;
        Tensor wave = (2 * (wild - wild.floor()) - 1).to(float32);
        return wave.repeat(count / 65537 + 1).slice(0, 0, count, 1).MoveToOuterDisposeScope();
    }
}
