using System.Security.Cryptography;
using LrcnLab.Training.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests;

internal static class Weights
{
    /// <summary>Weights and optimizer state of two checkpoints, bit for bit.</summary>
    public static void AssertEqual(string expected, string actual)
    {
        using Checkpoint a = Checkpoint.Read(expected).Checkpoint!;
        using Checkpoint b = Checkpoint.Read(actual).Checkpoint!;
        AssertEqual(a.Weights, b.Weights);
        AssertEqual(a.Optimizer, b.Optimizer);
    }

    public static void AssertEqual(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, tensor) in expected)
            Assert.True(tensor.bytes.SequenceEqual(actual[name].bytes), $"{name} differs");
    }

    /// <summary>Of one weight of a checkpoint, to tell it from others.</summary>
    public static string Hash(string checkpoint, string name)
    {
        using Checkpoint read = Checkpoint.Read(checkpoint).Checkpoint!;
        return Convert.ToHexString(SHA256.HashData(read.Weights[name].bytes));
    }
}
