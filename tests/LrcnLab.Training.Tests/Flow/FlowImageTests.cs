using LrcnLab.Training.Flow;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Flow;

public sealed class FlowImageTests
{
    [Theory]
    [InlineData(0, 0, 128, 128, 128)]
    [InlineData(3, -4, 176, 64, 208)]
    [InlineData(-0.03, 0.04, 128, 129, 129)]
    [InlineData(7.9, 0, 254, 128, 254)]
    [InlineData(8, 0, 255, 128, 255)]
    [InlineData(-8, 20, 0, 255, 255)]
    [InlineData(-100, 0, 0, 128, 255)]
    public void Of_AFlow_IsSixteenTimesItAround128(float x, float y, byte red, byte green, byte blue)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor image = FlowImage.Of(tensor(new[] { x, y }).view(1, 2, 1, 1));

        Assert.Equal([1, 3, 1, 1], image.shape);
        Assert.Equal([red, green, blue], image.data<byte>().ToArray());
        byte[] filled = new byte[3];
        FlowImage.Fill([x, y], filled);
        Assert.Equal([red, green, blue], filled);
    }
}
