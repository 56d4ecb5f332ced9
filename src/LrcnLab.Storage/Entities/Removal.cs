namespace LrcnLab.Storage.Entities;

/// <summary>A run whose rows are gone and whose files may still be there: written together with the removal of the rows, taken away when the files are gone too.</summary>
public sealed class Removal
{
    public required Guid RunId { get; init; }

    /// <summary>Hashes of artifacts that it referred to, in lower-case hex.</summary>
    public required List<string> Artifacts { get; init; }

    public required DateTime Since { get; init; }
}
