using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Import;

namespace LrcnLab.Worker;

/// <summary>Finds the data set that a command line or a specification means.</summary>
internal static class DatasetSource
{
    /// <summary>The folder that was named, or else the first that exists: the specification's data set as a path from here, from the specification's folder, or a sample that ships.</summary>
    /// <returns>The folder, or a sentence that names the places where it was looked for.</returns>
    public static (string? Folder, string? Refusal) Find(string? named, DataSpec data, string? specPath)
    {
        if (named is not null)
            return Directory.Exists(named) ? (Path.GetFullPath(named), null) : (null, $"There is no folder {named}.");

        string here = Directory.GetCurrentDirectory();
        List<string> places = [Path.Combine(here, data.Dataset)];
        if (specPath is not null)
            places.Add(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(specPath))!, data.Dataset));
        places.AddRange(Upward(AppContext.BaseDirectory).Concat(Upward(here)).Select(folder => Path.Combine(folder, "samples", data.Dataset)));
        return places.FirstOrDefault(Directory.Exists) is string found
            ? (found, null)
            : (null, $"The data set {data.Dataset} (data.dataset) was not found: there is no folder {places[0]} and no sample of this name. Name its folder with --data.");
    }

    /// <summary>Finds a data set and reads its manifest; videos that were never imported are imported into the output folder.</summary>
    /// <returns>The manifest, or a sentence.</returns>
    public static (DatasetManifest? Manifest, string? Refusal) Load(Session session, string? named, DataSpec data, string? specPath, string output)
    {
        var (folder, refusal) = Find(named, data, specPath);
        if (folder is null)
            return (null, refusal);
        string imported = Path.Combine(output, "dataset");
        if (ReadManifest(folder) is DatasetManifest manifest)
            return (manifest, null);
        if (ReadManifest(imported) is DatasetManifest earlier && earlier.Root == folder)
            return (earlier, null);
        ImportResult result = DatasetImporter.Import(folder, Path.GetFileName(folder), imported, session.ImportProgress(), session.Canceled);
        return (result.Manifest, result.Refusal);
    }

    /// <returns>Null when the folder holds no manifest.</returns>
    /// <exception cref="InvalidDataException">The manifest is damaged.</exception>
    public static DatasetManifest? ReadManifest(string folder)
    {
        string path = Path.Combine(folder, WorkerProtocol.ManifestFile);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllText(path), LabJson.Options);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The manifest {path} is damaged: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Upward(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
            yield return at.FullName;
    }
}
