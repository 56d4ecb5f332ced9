namespace LrcnLab.Media.Tests;

/// <summary>Files of the repository that the tests run in.</summary>
internal static class Repository
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "LrcnLab.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("LrcnLab.sln lies in no folder above the tests.");
        return folder;
    }
}
