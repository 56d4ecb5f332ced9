using System.Reflection;
using LrcnLab.Storage;

namespace LrcnLab.Web.Hosting;

/// <summary>Where this installation stands: relative paths of the settings are meant from here.</summary>
public static class Home
{
    /// <summary>The folder with <c>LrcnLab.sln</c> above the program, else the program's own folder.</summary>
    public static string Folder { get; } = Find();

    /// <summary>Options from configuration, with absolute paths and the worker that was built beside this program.</summary>
    /// <exception cref="InvalidOperationException">A value cannot be read; the message names it.</exception>
    public static LabOptions Options(IConfiguration configuration)
    {
        LabOptions options = configuration.GetSection(LabOptions.Section).Get<LabOptions>() ?? new LabOptions();
        if (string.IsNullOrEmpty(configuration[$"{LabOptions.Section}:{nameof(LabOptions.WorkerPath)}"]))
            options = options with { WorkerPath = Worker() };
        return options.Resolve(Folder);
    }

    /// <summary>One sentence for each setting that does not exist: a misspelt one would silently have no effect.</summary>
    public static IEnumerable<string> UnknownSettings(IConfiguration configuration)
    {
        string[] known = [.. typeof(LabOptions).GetProperties().Select(p => p.Name)];
        return configuration.GetSection(LabOptions.Section).GetChildren()
            .Where(s => !known.Contains(s.Key, StringComparer.OrdinalIgnoreCase))
            .Select(s => $"There is no setting {s.Path}; known are {string.Join(", ", known.Select(k => $"{LabOptions.Section}:{k}"))}.");
    }

    private static string Worker()
    {
        string published = Path.Combine(AppContext.BaseDirectory, "worker", "LrcnLab.Worker.dll");
        string? built = typeof(Home).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "WorkerPath")?.Value;
        return File.Exists(published) || built is null ? published : Path.GetFullPath(built, Folder);
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LrcnLab.sln")))
                return folder.FullName;
        }

        return AppContext.BaseDirectory;
    }
}
