using Xunit;

namespace LrcnLab.Media.Tests;

/// <summary>Files of the repository that the tests run in.</summary>
internal static class Repository
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A folder of real data, below <c>LRCNLAB_DATA</c> or beside the checkout; the test is skipped where there is none.</summary>
    public static string RealData(string name)
    {
        string folder = Environment.GetEnvironmentVariable("LRCNLAB_DATA") is { Length: > 0 } named ? Path.Combine(named, name) : At("..", "shared", "data", name);
        Assert.SkipWhen(!Directory.Exists(folder), $"the real data {name} lies neither in ../shared/data beside the checkout nor in LRCNLAB_DATA");
        return folder;
    }

    private static string Find(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "LrcnLab.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("LrcnLab.sln lies in no folder above the tests.");
        return folder;
    }
}
