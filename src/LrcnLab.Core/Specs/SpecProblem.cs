namespace LrcnLab.Core.Specs;

/// <summary>What is wrong with one field, in words that name the value and what is allowed.</summary>
/// <param name="Path">Path of the field, such as <c>model.backbone.convolutions[2].kernel</c>; empty for the whole specification.</param>
/// <param name="Message">A full sentence.</param>
public sealed record SpecProblem(string Path, string Message)
{
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>A specification, or every reason why the text is none.</summary>
public sealed record SpecResult(RunSpec? Spec, IReadOnlyList<SpecProblem> Problems)
{
    public bool IsValid => Spec is not null && Problems.Count == 0;
}
