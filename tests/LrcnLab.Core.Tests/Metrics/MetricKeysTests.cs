using System.Reflection;
using LrcnLab.Core.Metrics;
using Xunit;

namespace LrcnLab.Core.Tests.Metrics;

public sealed class MetricKeysTests
{
    [Fact]
    public void OwnKeys_AreValidAndDifferent()
    {
        string[] keys = [.. typeof(MetricKeys).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];

        Assert.True(keys.Length > 5);
        Assert.All(keys, k => Assert.True(MetricKeys.IsValid(k), k));
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Theory]
    [InlineData("my-metric_2.5/x", true)]
    [InlineData("", false)]
    [InlineData("train loss", false)]
    [InlineData("verlust/größe", false)]
    [InlineData("<script>", false)]
    [InlineData("a\nb", false)]
    public void IsValid_AllowsPlainCharactersOnly(string key, bool valid) => Assert.Equal(valid, MetricKeys.IsValid(key));

    [Fact]
    public void IsValid_AllowsAtMost200Characters()
    {
        Assert.True(MetricKeys.IsValid(new string('a', 200)));
        Assert.False(MetricKeys.IsValid(new string('a', 201)));
    }

    [Theory]
    [InlineData(MetricKeys.TrainLoss, true)]
    [InlineData(MetricKeys.ValidationLoss, true)]
    [InlineData(MetricKeys.GradientNorm, true)]
    [InlineData("validation/word_error_rate", true)]
    [InlineData(MetricKeys.ValidationAccuracy, false)]
    [InlineData(MetricKeys.ClipsPerSecond, false)]
    public void LowerIsBetter_ForLossesAndErrors(string key, bool lower) => Assert.Equal(lower, MetricKeys.LowerIsBetter(key));
}
