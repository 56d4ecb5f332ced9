using LrcnLab.Core.Specs;
using LrcnLab.Core.Training;
using Xunit;

namespace LrcnLab.Core.Tests.Training;

public sealed class GuardsTests
{
    [Theory]
    [InlineData(GuardCondition.Above, 5, 1, new[] { 4.0, 5.0, 5.1, 6.0, 1.0, 7.0 }, new[] { 2, 5 })]
    [InlineData(GuardCondition.Below, 0.5, 2, new[] { 0.4, 0.6, 0.4, 0.3, 0.2, 0.9, 0.1, 0.1 }, new[] { 3, 7 })]
    [InlineData(GuardCondition.NotFinite, 0, 1, new[] { 1.0, double.NaN, double.PositiveInfinity, 1.0, double.NegativeInfinity }, new[] { 1, 4 })]
    [InlineData(GuardCondition.Flat, 0.1, 3, new[] { 1.0, 1.05, 1.2, 1.25, 1.2, 1.21, 2.0, 2.0, 2.0 }, new[] { 4, 8 })]
    [InlineData(GuardCondition.Flat, 0, 2, new[] { 1.0, double.NaN, double.NaN, 1.0, 1.0 }, new[] { 4 })]
    public void Notify_ActsOnceForEachTimeTheConditionBegins(GuardCondition when, double bound, int inARow, double[] values, int[] expected) =>
        Assert.Equal(expected, Acts(new GuardSpec { When = when, Bound = bound, InARow = inARow, Then = GuardAction.Notify }, values));

    [Fact]
    public void LowerRate_CountsAnewAfterEachTime() =>
        Assert.Equal([1, 3, 5], Acts(new GuardSpec { When = GuardCondition.Above, Bound = 1, InARow = 2, Then = GuardAction.LowerRate }, [2, 2, 2, 2, 2, 2, 2]));

    [Fact]
    public void Describe_SaysTheRuleInWords()
    {
        Assert.Equal("validation-loss flat within 0.01 for 5 epochs", Guards.Describe(new GuardSpec { Watch = GuardWatch.ValidationLoss, When = GuardCondition.Flat, Bound = 0.01, InARow = 5 }));
        Assert.Equal("train-loss not finite", Guards.Describe(new GuardSpec()));
        Assert.Equal("disk-free below 2 GiB", Guards.Describe(new GuardSpec { Watch = GuardWatch.DiskFree, When = GuardCondition.Below, Bound = 2 }));
        Assert.Equal("The guard \"train-loss not finite\" stopped the run: it was NaN at step 7, epoch 2.", Guards.Report(new GuardSpec(), double.NaN, 7, 2));
    }

    [Theory]
    [InlineData("watch: disk-free, when: flat", "guards.rules[0].when")]
    [InlineData("watch: data-wait, when: above, bound: 0.5, then: lower-rate", "guards.rules[0].then")]
    [InlineData("watch: train-loss, when: flat, bound: 0.1", "guards.rules[0].inARow")]
    [InlineData("watch: train-loss, when: flat, bound: -1, inARow: 3", "guards.rules[0].bound")]
    [InlineData("watch: train-loss, when: above, bound: 1, then: explode", "guards.rules[0].then")]
    public void Rules_ThatMakeNoSense_AreRefusedByField(string rule, string path) =>
        Assert.Equal(path, Assert.Single(SpecText.Parse($"guards: {{ rules: [ {{ {rule} }} ] }}").Problems).Path);

    [Fact]
    public void Rules_GoThroughTextWithoutLoss()
    {
        SpecResult read = SpecText.Parse("guards: { rules: [ { watch: validation-accuracy, when: below, bound: 0.2, inARow: 4, then: pause }, {} ] }");
        Assert.Equal(read.Spec!.Guards.Rules, SpecText.Parse(SpecText.ToYaml(read.Spec)).Spec!.Guards.Rules);
        Assert.Equal(new GuardSpec { Watch = GuardWatch.ValidationAccuracy, When = GuardCondition.Below, Bound = 0.2, InARow = 4, Then = GuardAction.Pause }, read.Spec.Guards.Rules[0]);
    }

    private static int[] Acts(GuardSpec rule, double[] values)
    {
        var state = new GuardState();
        var acted = new List<int>();
        for (int i = 0; i < values.Length; i++)
        {
            (state, bool acts) = Guards.After(rule, state, values[i]);
            if (acts)
                acted.Add(i);
        }

        return [.. acted];
    }
}
