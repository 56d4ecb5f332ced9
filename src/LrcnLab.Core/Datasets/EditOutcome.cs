namespace LrcnLab.Core.Datasets;

/// <summary>What edits make of a manifest, or why they cannot be made.</summary>
/// <param name="Manifest">The edited manifest; null when refused.</param>
/// <param name="Origins">For each sample of it, the index of the same sample in the manifest that was edited.</param>
/// <param name="Refusal">In words, naming what is wrong and what is allowed; null when edited.</param>
public sealed record EditOutcome(DatasetManifest? Manifest, IReadOnlyList<int> Origins, string? Refusal);
