using LrcnLab.Core.Specs;

namespace LrcnLab.Worker;

/// <summary>A specification on disk, or a preset by its name.</summary>
internal static class SpecFile
{
    /// <summary>Reads JSON or YAML; every problem goes to standard error.</summary>
    /// <returns>Null when there was a problem.</returns>
    public static async Task<RunSpec?> ReadAsync(string path, CancellationToken cancel)
    {
        if (Presets.Find(path) is Preset preset && !File.Exists(path))
            return preset.Spec;
        try
        {
            SpecResult result = SpecText.Parse(await File.ReadAllTextAsync(path, cancel));
            foreach (SpecProblem problem in result.Problems)
                await Console.Error.WriteLineAsync($"{path}: {problem}");
            return result.Spec;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The specification {path} cannot be read: {e.Message}");
            return null;
        }
    }
}
