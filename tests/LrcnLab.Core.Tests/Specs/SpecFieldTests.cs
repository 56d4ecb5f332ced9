using System.Reflection;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

/// <summary>What every declaration must offer, because form, texts and API show nothing else.</summary>
public sealed class SpecFieldTests
{
    private static readonly IReadOnlyList<SpecField> Declared = [.. Flatten(SpecField.All)];

    [Fact]
    public void EveryProperty_OfEverySection_IsDeclared()
    {
        Type[] sections = [typeof(RunSpec), .. Declared.Where(f => f.Kind is FieldKind.Section or FieldKind.List).Select(f => f.ItemType ?? f.Type)];
        Assert.All(
            sections.SelectMany(s => s.GetProperties(BindingFlags.Public | BindingFlags.Instance)),
            p => Assert.True(p.GetCustomAttribute<FieldAttribute>() is not null, $"{p.DeclaringType!.Name}.{p.Name} has no [Field]"));
    }

    [Fact]
    public void EveryField_HasLabelAndOneSentenceOfHelp() => Assert.All(Declared, f =>
    {
        Assert.Matches("^[A-Z].{2,30}$", f.Label);
        Assert.EndsWith(".", f.Help, StringComparison.Ordinal);
        Assert.DoesNotContain(". ", f.Help, StringComparison.Ordinal);
        Assert.InRange(f.Help.Length, 15, 170);
    });

    [Fact]
    public void EveryNumber_HasAFiniteRangeWithItsDefaultInside() =>
        Assert.All(Declared.Where(f => f.Kind is FieldKind.Integer or FieldKind.Number), f =>
        {
            Assert.True(double.IsFinite(f.Minimum) && double.IsFinite(f.Maximum) && f.Minimum < f.Maximum, f.Path);
            Assert.InRange(Convert.ToDouble(f.Default, System.Globalization.CultureInfo.InvariantCulture), f.Minimum, f.Maximum);
            if (f.Kind == FieldKind.Integer)
                Assert.True(f.Minimum >= int.MinValue && f.Maximum <= int.MaxValue && f.Minimum == Math.Floor(f.Minimum) && f.Maximum == Math.Floor(f.Maximum), f.Path);
        });

    [Fact]
    public void EveryTextAndList_HasABoundedLength() =>
        Assert.All(Declared.Where(f => f.Kind is FieldKind.Text or FieldKind.List), f => Assert.True(f.Minimum >= 0 && f.Maximum < 10_000, f.Path));

    /// <summary>A number without a unit is a deliberate exception: a count of the thing that its label names, or a factor.</summary>
    [Fact]
    public void NumbersWithoutUnit_AreTheseOnly() =>
        Assert.Equal(
            [
                "model.backbone.convolutions[].filters", "model.sequence.layers", "optimizer.epsilon", "optimizer.learningRate", "optimizer.momentum", "optimizer.weightDecay",
                "schedule.stepFactor", "training.seed",
            ],
            Declared.Where(f => f.Kind is FieldKind.Integer or FieldKind.Number && f.Unit.Length == 0).Select(f => f.Path).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryChoice_HasItsDefaultAmongItsWords() => Assert.All(Declared.Where(f => f.Kind == FieldKind.Choice), f =>
    {
        Assert.Contains(SpecField.Word(f.Default!), f.Choices);
        Assert.Equal(f.Choices.Count, f.Choices.Distinct().Count());
        Assert.All(f.Choices, word => Assert.Matches("^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$", word));
    });

    [Fact]
    public void Paths_AreUniqueAndCamelCase()
    {
        Assert.Equal(Declared.Count, Declared.Select(f => f.Path).Distinct().Count());
        Assert.All(Declared, f => Assert.Matches(@"^([a-z][a-zA-Z0-9]*(\[\])?\.)*[a-z][a-zA-Z0-9]*$", f.Path));
    }

    [Fact]
    public void Labels_WithinOneSection_AreUnique() =>
        Assert.All(Declared.Where(f => f.Children.Count > 0), f => Assert.Equal(f.Children.Count, f.Children.Select(c => c.Label).Distinct().Count()));

    [Fact]
    public void Defaults_TogetherAreAValidSpec() => Assert.Empty(SpecReader.Validate(new RunSpec()));

    private static IEnumerable<SpecField> Flatten(IReadOnlyList<SpecField> fields) => fields.SelectMany(f => Flatten(f.Children).Prepend(f));
}
