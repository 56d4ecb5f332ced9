using System.IO.Compression;
using System.Text;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Checkpoints;

/// <summary>Files that PyTorch wrote (<c>pytorch-reference/make.py</c>), and files that nobody should open.</summary>
public sealed class PyTorchReaderTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "pytorch-reference");

    [Fact]
    public void StateDict_HasEveryTensorByName()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> read = Read("state-dict.pth");

        Assert.Equal(
            ["0.bias", "0.weight", "1.bias", "1.num_batches_tracked", "1.running_mean", "1.running_var", "1.weight", "2.bias_hh_l0", "2.bias_ih_l0", "2.weight_hh_l0", "2.weight_ih_l0"],
            read.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([3L, 2, 3, 3], read["0.weight"].shape);
        Assert.Equal((ScalarType.Int64, 0L), (read["1.num_batches_tracked"].dtype, read["1.num_batches_tracked"].item<long>()));
        Assert.Equal([1f, 1, 1], read["1.running_var"].data<float>().ToArray());
        Assert.NotEqual(0, read["2.weight_ih_l0"].abs().sum().item<float>());
    }

    [Fact]
    public void Views_OfOneStorage_AreWhatTheyShow()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> read = Read("views.pth");
        float[] counted = [.. Enumerable.Range(0, 24).Select(i => (float)i)];

        Assert.Equal(counted, read["whole"].reshape(-1).data<float>().ToArray());
        Assert.Equal([6L, 4], read["turned"].shape);
        Assert.Equal([0f, 6, 12, 18, 1], read["turned"].reshape(-1).data<float>().ToArray()[..5]);
        Assert.Equal([5f, 6, 7, 8], read["part"].data<float>().ToArray());
        Assert.Equal(7, read["scalar"].item<long>());
        Assert.Equal([0L, 3], read["none"].shape);
        foreach (var (name, type) in new[] { ("half", float16), ("brain", bfloat16) })
        {
            Assert.Equal(type, read[name].dtype);
            Assert.Equal([0.5f, -2], read[name].to(float32).data<float>().ToArray());
        }

        Assert.Equal(1e300, read["double"].item<double>());
        Assert.Equal([true, false], read["yes"].data<bool>().ToArray());
        Assert.Equal([1, 255], read["bytes"].data<byte>().ToArray());
    }

    [Fact]
    public void Checkpoint_OfATrainingScript_GivesItsWeightsUnderPlainNames()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> state = Read("state-dict.pth"), read = Read("checkpoint.pth");

        Assert.Equal(state.Keys.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        Assert.True(read["0.weight"].equal(state["0.weight"]).all().item<bool>());
    }

    [Theory]
    [InlineData("whole-model.pth", "asks to call", "nothing of it was executed")]
    [InlineData("old-format.pth", "zip", "")]
    public void MoreThanTensors_IsRefused(string file, string first, string second)
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Read(file));

        Assert.Contains(first, refused.Message, StringComparison.Ordinal);
        Assert.Contains(second, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cposix\nsystem\n(X\u0005\0\0\0touchtR.", "posix.system")]
    [InlineData("cbuiltins\neval\n(X\u0001\0\0\01tR.", "builtins.eval")]
    [InlineData("(cposix\nsystem\nX\u0005\0\0\0toucho.", "instruction 0x6f")]
    [InlineData("(iposix\nsystem\n.", "instruction 0x69")]
    [InlineData("}X\u0001\0\0\0acnumpy.core.multiarray\n_reconstruct\n)Rs.", "numpy.core.multiarray._reconstruct")]
    [InlineData("ctorch\nload\n)R.", "torch.load")]
    [InlineData("ccollections\nOrderedDict\n(K\u0001tR.", "collections.OrderedDict")]
    [InlineData("}X\u0009\0\0\0a.", "ends in the middle")]
    [InlineData("h\u0005.", "nothing was put aside")]
    [InlineData("}.", "no dictionary of tensors")]
    [InlineData("", "ends in the middle")]
    public void Pickle_ThatWantsMoreThanData_ExecutesNothing(string pickle, string message)
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Read(Zip(Encoding.Latin1.GetBytes(pickle), new byte[16])));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 4, 1, "larger than the 4 numbers")]
    [InlineData(4, 4, 2, "larger than the 4 numbers")]
    [InlineData(4, 5, 1, "should have 20 bytes, and 16 are kept")]
    [InlineData(int.MaxValue, int.MaxValue, 1, "and 16 are kept")]
    [InlineData(int.MaxValue, 4, 0, "larger than the 4 numbers")]
    public void Tensor_LargerThanItsBytes_IsRefusedBeforeMemoryIsTaken(int size, int kept, int stride, string message)
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Read(Zip(Vector(size, kept, stride), new byte[16])));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_ThatDoNotFit_AreAllNamed()
    {
        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(Presets.QuickStart.Spec, 8));
        Dictionary<string, Tensor> weights = model.state_dict().ToDictionary(w => w.Key, w => w.Value.clone());
        Tensor before = weights["fc.bias"].clone();
        weights["fc.bias"] = ones(9);
        weights.Remove("conv1.weight");
        weights.Remove("conv2.weight");
        weights["classifier.weight"] = ones(2, 2);

        string? refusal = ModelWeights.Load(model, weights);

        Assert.Equal("The weights do not fit the model. 2 missing: conv1.weight, conv2.weight. 1 not in the model: classifier.weight. 1 of another shape or type: fc.bias (Float32 [9], the model has Float32 [8]).", refusal);
        Assert.True(model.state_dict()["fc.bias"].equal(before).all().item<bool>());
    }

    /// <summary>12,000 damaged files: each is read, or refused with words; nothing else happens.</summary>
    [Fact]
    public void DamagedFiles_AreReadOrRefused()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(Folder, "views.pth"));
        byte[] pickle = Pickle(whole);
        var random = new Random(5);
        int refused = 0, read = 0;
        for (int i = 0; i < 12_000; i++)
        {
            byte[] file = i % 3 == 0 ? Mutate(random, whole) : Zip(Mutate(random, pickle), new byte[96]);
            try
            {
                using var scope = NewDisposeScope();
                Read(file);
                read++;
            }
            catch (InvalidDataException e)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }
        }

        Assert.Equal(12_000, refused + read);
        Assert.True(refused > 6000, $"{refused} refused");
    }

    private static Dictionary<string, Tensor> Read(string file) => Read(File.ReadAllBytes(Path.Combine(Folder, file)));

    private static Dictionary<string, Tensor> Read(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return PyTorchReader.Read(stream);
    }

    private static byte[] Pickle(byte[] file)
    {
        using var archive = new ZipArchive(new MemoryStream(file));
        using Stream entry = archive.Entries.Single(e => e.Name == "data.pkl").Open();
        using var copy = new MemoryStream();
        entry.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] Zip(byte[] pickle, byte[] numbers)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in new[] { ("archive/data.pkl", pickle), ("archive/data/0", numbers) })
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A dictionary with one vector of float32, as PyTorch would describe it.</summary>
    private static byte[] Vector(int size, int kept, int stride)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.Latin1);
        Text("\u0080\u0002}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ");
        writer.Write(kept);
        Text("tQK\0J");
        writer.Write(size);
        Text("\u0085J");
        writer.Write(stride);
        Text("\u0085\u0089ccollections\nOrderedDict\n)RtRs.");
        writer.Flush();
        return bytes.ToArray();

        void Text(string text) => writer.Write(Encoding.Latin1.GetBytes(text));
    }

    private static byte[] Mutate(Random random, byte[] source)
    {
        List<byte> bytes = [.. source];
        int changes = random.Next(1, 4);
        for (int i = 0; i < changes && bytes.Count > 0; i++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 9)));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
