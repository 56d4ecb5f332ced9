using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Tests;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Models;
using SkiaSharp;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Models;

/// <summary>Public weights on real photographs: skipped where neither lies beside the checkout.</summary>
public sealed class PhotographTests
{
    private const int Side = 224, Photographs = 30, FirstDog = 152, LastDog = 269; // lines of the label file, the first of which is the background

    [Fact]
    public void MobilenetV2_OfTensorFlow_TellsDogsFromPeople()
    {
        using var scope = NewDisposeScope();
        var spec = new RunSpec
        {
            Data = new DataSpec { ClipLength = 1, Width = Side, Height = Side, Normalization = ClipNormalization.Symmetric },
            Model = new ModelSpec { Backbone = new BackboneSpec { Network = BackboneNetwork.MobilenetV2Tf }, Sequence = new SequenceSpec { Kind = SequenceKind.None } },
        };
        using var model = new LrcnModel(ModelPlanner.Plan(spec, 1001));
        using FileStream file = File.OpenRead(Path.Combine(Repository.RealData("mobilenet-v2"), "mobilenet_v2_1.0_224_f16.safetensors"));
        Dictionary<string, Tensor> weights = WeightFormats.Read(file);
        (weights["fc.weight"], weights["fc.bias"]) = (weights["classifier.1.weight"], weights["classifier.1.bias"]);
        WeightMatch match = WeightMatch.Of(model, weights);
        Assert.Null(match.Refusal);
        Assert.Empty(match.Missing.Concat(match.Misshaped));
        ModelWeights.Take(model, match.Taken);
        model.eval();

        Dictionary<string, string[]> captions = File.ReadLines(Path.Combine(Repository.RealData("flickr8k"), "Flickr8k.token.txt")).Select(line => line.Split('#', '\t')).GroupBy(parts => parts[0], parts => parts[^1].ToLowerInvariant())
            .ToDictionary(g => g.Key, g => g.ToArray());
        int dogs = Dogs(model, spec.Data, captions.Where(c => c.Value.All(text => text.Contains(" dog ", StringComparison.Ordinal))));
        int people = Dogs(model, spec.Data, captions.Where(c => c.Value.All(text => text.Contains(" man ", StringComparison.Ordinal) && !text.Contains("dog", StringComparison.Ordinal))));

        Assert.True(dogs >= 0.6 * Photographs, $"{dogs} of {Photographs} dogs were seen");
        Assert.True(people <= 0.1 * Photographs, $"{people} of {Photographs} men were taken for dogs");
    }

    private static int Dogs(LrcnModel model, DataSpec data, IEnumerable<KeyValuePair<string, string[]>> photographs)
    {
        string[] files = [.. photographs.Select(p => Path.Combine(Repository.RealData("flickr8k"), "Images", p.Key)).Where(File.Exists).Order(StringComparer.Ordinal).Take(Photographs)];
        byte[] pixels = [.. files.SelectMany(Pixels)];
        using var quiet = no_grad();
        Tensor logits = model.call(ClipTensors.Clips(new ClipBatch(pixels, [.. Enumerable.Range(0, files.Length)], [.. Enumerable.Repeat(1, files.Length)]), data, CPU));
        return logits.argmax(1).data<long>().ToArray().Count(label => label is >= FirstDog and <= LastDog);
    }

    /// <summary>The middle of a photograph, planar.</summary>
    private static byte[] Pixels(string file)
    {
        using SKBitmap photograph = SKBitmap.Decode(file);
        double scale = 256.0 / Math.Min(photograph.Width, photograph.Height);
        using SKBitmap small = photograph.Resize(new SKImageInfo((int)Math.Round(photograph.Width * scale), (int)Math.Round(photograph.Height * scale)), SKFilterQuality.High);
        byte[] planar = new byte[3 * Side * Side];
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                SKColor color = small.GetPixel(x + (small.Width - Side) / 2, y + (small.Height - Side) / 2);
                (planar[y * Side + x], planar[(Side + y) * Side + x], planar[(2 * Side + y) * Side + x]) = (color.Red, color.Green, color.Blue);
            }
        }

        return planar;
    }
}
