using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;

namespace LrcnLab.Storage.Transfer;

/// <summary>The manifest of a data-set version from another installation: it may name files below one folder of this one only.</summary>
internal static class ImportedManifest
{
    /// <summary>Checks a version's manifest and points it to <paramref name="root"/>.</summary>
    /// <returns>What is wrong with it, in words; null when nothing is.</returns>
    public static async Task<string?> MoveAsync(string folder, string root, CancellationToken cancellationToken)
    {
        string file = Path.Combine(folder, WorkerProtocol.ManifestFile);
        if (!File.Exists(file))
            return "The manifest of a data set is missing.";
        DatasetManifest? manifest;
        try
        {
            await using FileStream stream = File.OpenRead(file);
            manifest = await JsonSerializer.DeserializeAsync<DatasetManifest>(stream, LabJson.Options, cancellationToken);
        }
        catch (JsonException e)
        {
            return $"The manifest of a data set is damaged: {e.Message}";
        }

        if (manifest is null)
            return "The manifest of a data set is empty.";
        if (manifest.Samples.Select(s => s.Path).FirstOrDefault(p => !IsInside(p)) is { } path)
            return $"The data set \"{manifest.Name}\" names the file \"{path}\", which lies outside of its folder.";
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(manifest with { Root = root }, LabJson.Indented), cancellationToken);
        return null;
    }

    /// <summary>Whether a sample's path stays below the folder that it is relative to.</summary>
    public static bool IsInside(string path) =>
        path.Length > 0 && !Path.IsPathRooted(path) && !path.Contains('\\', StringComparison.Ordinal) && !path.Contains(':', StringComparison.Ordinal) && !path.Split('/').Contains("..");
}
