namespace LrcnLab.Core.Specs;

/// <summary>
/// Declares one field of <see cref="RunSpec"/>. Form, JSON, YAML, command line, API schema and validation all read this declaration;
/// nothing about a field is said a second time elsewhere. The default value is the property's initial value.
/// </summary>
/// <param name="label">What the form calls the field.</param>
/// <param name="help">One sentence: why the field matters.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string label, string help) : Attribute
{
    public string Label { get; } = label;
    public string Help { get; } = help;

    /// <summary>Unit shown beside the value, such as <c>px</c> or <c>epochs</c>.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Smallest allowed number, inclusive. For text and lists of items: smallest length.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest allowed number, inclusive. For text and lists of items: largest length.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>What one item of a list is called.</summary>
    public string Item { get; init; } = "item";

    /// <summary>The name that the field had before; what was written with it can still be read.</summary>
    public string Formerly { get; init; } = "";

    /// <summary>Where the field means something: <c>kind=lstm</c> or <c>network!=own</c>, a choice in the same section; empty for everywhere. The form shows it only then.</summary>
    public string When { get; init; } = "";

    /// <summary>Shown only in the full form, not in the simple one.</summary>
    public bool Advanced { get; init; }
}
