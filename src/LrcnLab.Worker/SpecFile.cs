using LrcnLab.Core.Specs;

namespace LrcnLab.Worker;

/// <summary>A specification on disk, or a preset by its name.</summary>
internal static class SpecFile
{
    /// <summary>Reads JSON or YAML, then changes fields; every problem goes to standard error.</summary>
    /// <param name="path">Of the file, or a preset's name.</param>
    /// <param name="assignments">Such as <c>training.seed=2</c>.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <returns>Null when there was a problem.</returns>
    public static async Task<RunSpec?> ReadAsync(string path, IReadOnlyList<string> assignments, CancellationToken cancel)
    {
        RunSpec? spec = Presets.Find(path) is Preset preset && !File.Exists(path) ? preset.Spec : await ParseAsync(path, cancel);
        if (spec is null)
            return null;
        SpecResult changed = SpecText.Set(spec, assignments);
        foreach (SpecProblem problem in changed.Problems)
            await Console.Error.WriteLineAsync($"--set {problem}");
        return changed.Spec;
    }

    private static async Task<RunSpec?> ParseAsync(string path, CancellationToken cancel)
    {
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
