using System.Reflection;

namespace LrcnLab.EndToEnd.Tests.Fixtures;

internal static class TestPaths
{
    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    public static string WebProgram { get; } = Metadata("WebProgram");

    public static string WorkerProgram { get; } = WebProgram.Replace("LrcnLab.Web", "LrcnLab.Worker", StringComparison.Ordinal);

    /// <summary>A new empty folder; the caller deletes it.</summary>
    public static string NewFolder(string purpose) => Directory.CreateTempSubdirectory($"lrcnlab-{purpose}-").FullName;

    /// <summary>The browser to drive: <c>LRCNLAB_CHROMIUM</c>, else the first that is installed; null when there is none.</summary>
    public static string? Chromium { get; } = FindChromium();

    private static string? FindChromium()
    {
        if (Environment.GetEnvironmentVariable("LRCNLAB_CHROMIUM") is { Length: > 0 } chosen)
            return chosen;
        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return (from name in names from folder in folders let path = Path.Combine(folder, name) where File.Exists(path) select path).FirstOrDefault();
    }

    private static string Metadata(string key) => typeof(TestPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
