namespace LrcnLab.Web.Features.Data;

/// <summary>Looks for a program as the shell would.</summary>
public static class ProgramFinder
{
    /// <summary>Full path of the program, or null when no folder of <c>PATH</c> has it.</summary>
    public static string? Find(string program)
    {
        string file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }
}
