using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>Folders of uploads on disk.</summary>
internal static class UploadFolders
{
    /// <summary>The files of an upload, by the paths that the browser gave them.</summary>
    public static string UploadFiles(this LabPaths paths, Guid upload) => Path.Combine(paths.UploadFolder(upload), "files");

    /// <summary>What was unpacked from an upload that is an archive.</summary>
    public static string UploadUnpacked(this LabPaths paths, Guid upload) => Path.Combine(paths.UploadFolder(upload), "unpacked");

    /// <summary>Removes a folder that somebody may be writing into at this moment; what is left then is found by the upkeep.</summary>
    public static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A piece came in while its folder went.
        }
    }
}
