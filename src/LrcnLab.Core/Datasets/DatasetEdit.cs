using System.Text.Json.Serialization;

namespace LrcnLab.Core.Datasets;

/// <summary>One change to a data-set version; applied in order they make a new version. Samples are named by their index in the version that is edited.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "edit")]
[JsonDerivedType(typeof(RenameClass), "rename-class")]
[JsonDerivedType(typeof(MergeClasses), "merge-classes")]
[JsonDerivedType(typeof(RelabelSamples), "relabel-samples")]
[JsonDerivedType(typeof(MoveSamples), "move-samples")]
[JsonDerivedType(typeof(DropSamples), "drop-samples")]
[JsonDerivedType(typeof(Resplit), "resplit")]
[JsonDerivedType(typeof(KeepUnmirrored), "keep-unmirrored")]
public abstract record DatasetEdit;

public sealed record RenameClass(string From, string To) : DatasetEdit;

/// <summary>All samples of several classes get one class, which may be one of them or new.</summary>
public sealed record MergeClasses(IReadOnlyList<string> From, string Into) : DatasetEdit;

/// <summary>Samples get another class, which must exist.</summary>
public sealed record RelabelSamples(IReadOnlyList<int> Samples, string Class) : DatasetEdit;

public sealed record MoveSamples(IReadOnlyList<int> Samples, Split To) : DatasetEdit;

public sealed record DropSamples(IReadOnlyList<int> Samples) : DatasetEdit;

/// <summary>Draws all splits anew: stratified, recordings kept together, the same for the same seed.</summary>
public sealed record Resplit(double ValidationShare, double TestShare, int Seed) : DatasetEdit;

/// <summary>These classes, and no others, are never mirrored.</summary>
public sealed record KeepUnmirrored(IReadOnlyList<string> Classes) : DatasetEdit;
