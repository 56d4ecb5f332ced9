using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import;

/// <summary>A data set, or the one sentence that says why there is none.</summary>
public sealed record ImportResult(DatasetManifest? Manifest, string? Refusal)
{
    public static ImportResult Refuse(string reason) => new(null, reason);
}
