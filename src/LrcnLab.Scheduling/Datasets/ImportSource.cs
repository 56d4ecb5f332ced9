namespace LrcnLab.Scheduling.Datasets;

/// <summary>What is imported: a path on the server, or an upload; exactly one of the two.</summary>
public sealed record ImportSource(string? Path, Guid? UploadId)
{
    public static ImportSource OfPath(string path) => new(path, null);

    public static ImportSource OfUpload(Guid upload) => new(null, upload);
}

/// <summary>A source that was checked and found.</summary>
/// <param name="Path">Absolute, of the folder, list or archive.</param>
/// <param name="Unpack">Where an archive is to be unpacked, or null.</param>
internal sealed record FoundSource(string Path, Guid? UploadId, string? Unpack)
{
    /// <summary>A sentence of the worker without paths of the server that nobody chose.</summary>
    public string Plain(string text)
    {
        if (Unpack is not null)
            text = text.Replace(Unpack, "the unpacked archive", StringComparison.Ordinal);
        string name = Unpack is null ? "the upload" : System.IO.Path.GetFileName(Path);
        return UploadId is null ? text : text.Replace(Path, name, StringComparison.Ordinal);
    }
}
