using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>What people ask of data sets.</summary>
public sealed class DatasetService(LabWriter writer)
{
    /// <summary>Starts an import in the background; its row tells the progress.</summary>
    /// <param name="path">Folder or CSV list.</param>
    /// <param name="trusted">True when the path comes from the program or its command line; otherwise it must lie below the samples or an import root.</param>
    public Task<(Guid? ImportId, string? Refusal)> StartImportAsync(string path, string name, bool trusted, CancellationToken cancellationToken) => throw new NotImplementedException(writer.ToString());

    /// <summary>Imports the sample data set that ships with the program unless it is there or on its way.</summary>
    public Task EnsureSampleAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
