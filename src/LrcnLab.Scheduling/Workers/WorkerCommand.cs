using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace LrcnLab.Scheduling.Workers;

/// <summary>How to start a worker.</summary>
internal static class WorkerCommand
{
    /// <param name="workerPath">A <c>.dll</c>, run by the same <c>dotnet</c> as this program, or a program of its own.</param>
    public static ProcessStartInfo Create(string workerPath, params IEnumerable<string> arguments)
    {
        bool assembly = workerPath.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(assembly ? DotnetHost() : workerPath)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        if (assembly)
            start.ArgumentList.Add(workerPath);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    private static string DotnetHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Path.GetFileName(Environment.ProcessPath) == name)
            return Environment.ProcessPath!;
        // <root>/shared/Microsoft.NETCore.App/<version>/ holds the running runtime.
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(host) ? host : name;
    }
}
