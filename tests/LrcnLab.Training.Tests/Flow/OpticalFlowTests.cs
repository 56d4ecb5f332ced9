using LrcnLab.Training.Flow;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Flow;

public sealed class OpticalFlowTests(ITestOutputHelper output)
{
    private const int Width = 80, Height = 64, Margin = 10;

    /// <summary>Motion, and the largest average error that is allowed, in pixels.</summary>
    public static TheoryData<string, double> Motions => new()
    {
        { "shift 0.25 0", 0.02 },
        { "shift 1 0", 0.02 },
        { "shift 0 -1.5", 0.02 },
        { "shift 2.3 1.6", 0.02 },
        { "shift -3 2.5", 0.02 },
        { "shift 8 0", 0.03 },
        { "shift -5.5 -6", 0.03 },
        { "rotation 3", 0.03 },
        { "zoom 0.05", 0.06 },
        { "zoom -0.05", 0.06 },
    };

    [Theory]
    [MemberData(nameof(Motions))]
    public void Between_OfAKnownMotion_FindsIt(string name, double allowed)
    {
        using DisposeScope scope = NewDisposeScope();
        string[] parts = name.Split(' ');
        double[] numbers = [.. parts[1..].Select(p => double.Parse(p, System.Globalization.CultureInfo.InvariantCulture))];
        Scenes.Motion motion = parts[0] switch
        {
            "shift" => Scenes.Shift(numbers[0], numbers[1]),
            "rotation" => Scenes.Rotation(numbers[0], Width / 2.0, Height / 2.0),
            _ => Scenes.Zoom(numbers[0], Width / 2.0, Height / 2.0),
        };
        foreach (int seed in (int[])[1, 2, 3])
        {
            (Tensor first, Tensor second) = Pair(motion, seed);
            double error = Error(first, second, motion, new FlowSettings()), byTensors = Error(first, second, motion, new FlowSettings { TensorsOnly = true });
            output.WriteLine($"{name}, texture {seed}: {error:0.0000} px, by tensor operations {byTensors:0.0000} px");
            Assert.InRange(error, 0, allowed);
            Assert.InRange(byTensors, 0, allowed);
        }
    }

    [Fact]
    public void Between_WhereNothingMoves_IsZero()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor frame = Scenes.Frame(Width, Height, Scenes.Texture(1)), flat = full([1, 1, 8, 8], 77f);

        Assert.InRange(OpticalFlow.Between(frame, frame).abs().max().item<float>(), 0, 1e-3f);
        Assert.Equal(0, OpticalFlow.Between(flat, flat + 40).abs().max().item<float>());
    }

    [Theory]
    [InlineData(2.5, 0)]
    [InlineData(-3, 1.5)]
    public void Between_OfASquareOnAStillBackground_MovesTheSquareAlone(double x, double y)
    {
        using DisposeScope scope = NewDisposeScope();
        Func<double, double, double> back = Scenes.Texture(1), front = Scenes.Texture(2);
        Func<double, double, double> At(double dx, double dy) => (px, py) => Inside(px - dx, py - dy, 0) ? front(px - dx, py - dy) : back(px, py);
        float[] flow = OpticalFlow.Between(Scenes.Frame(Width, Height, At(0, 0)), Scenes.Frame(Width, Height, At(x, y))).data<float>().ToArray();

        Assert.InRange(Error((px, py) => Inside(px, py, 4), x, y), 0, 0.1);
        Assert.InRange(Error((px, py) => !Inside(px, py, -8), 0, 0), 0, 0.1);

        bool Inside(double px, double py, double margin) => px >= 28 + margin && px < 52 - margin && py >= 20 + margin && py < 44 - margin;
        double Error(Func<double, double, bool> where, double u, double v) => Enumerable.Range(0, Width * Height)
            .Where(i => where(i % Width, i / Width))
            .Average(i => Math.Sqrt(Math.Pow(flow[i] - u, 2) + Math.Pow(flow[Width * Height + i] - v, 2)));
    }

    [Fact]
    public void Between_OfSeveralPairs_GivesEachWhatItGetsAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor First, Tensor Second)[] pairs = [.. Enumerable.Range(1, 5).Select(i => Pair(Scenes.Shift(i - 3, 0.3 * i), i))];
        Tensor together = OpticalFlow.Between(cat([.. pairs.Select(p => p.First)]), cat([.. pairs.Select(p => p.Second)]));

        for (int i = 0; i < pairs.Length; i++)
            Assert.Equal(together[i].contiguous().data<float>().ToArray(), OpticalFlow.Between(pairs[i].First, pairs[i].Second).data<float>().ToArray());
    }

    [Fact]
    public void Between_AgainAndAgain_LeavesNoTensorBehind()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor first, Tensor second) = Pair(Scenes.Shift(1, 1), 1);
        // What earlier tests left to the garbage collector goes at any time: less than before is no leak.
        long before = Tensor.TotalCount;
        foreach (bool tensors in (bool[])[false, true, false, true])
            OpticalFlow.Between(first, second, new FlowSettings { TensorsOnly = tensors, Iterations = 2 }).Dispose();

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    private static double Error(Tensor first, Tensor second, Scenes.Motion motion, FlowSettings settings) => Scenes.EndPointError(OpticalFlow.Between(first, second, settings)[0], motion, Margin);

    private static (Tensor First, Tensor Second) Pair(Scenes.Motion motion, int seed)
    {
        Func<double, double, double> texture = Scenes.Texture(seed);
        return (Scenes.Frame(Width, Height, texture), Scenes.Frame(Width, Height, Scenes.Moved(texture, motion)));
    }
}
