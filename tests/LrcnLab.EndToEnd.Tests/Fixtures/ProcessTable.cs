using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>Processes of this machine, from <c>/proc</c>.</summary>
internal static class ProcessTable
{
    /// <summary>Ends the test as skipped where there is no <c>/proc</c>.</summary>
    public static void Require() => Assert.SkipUnless(Directory.Exists("/proc/self"), "Only Linux tells which processes belong to which (/proc).");

    public static IEnumerable<int> ChildrenOf(int parent) => All().Where(id => ParentOf(id) == parent);

    public static string CommandLine(int id) => Read(id, "cmdline").Replace('\0', ' ');

    /// <summary>Workers of a run, whoever started them.</summary>
    public static IReadOnlyList<int> WorkersOf(Guid run) =>
        [.. All().Where(id => CommandLine(id).Contains("LrcnLab.Worker", StringComparison.Ordinal) && Read(id, "environ").Contains($"LRCNLAB_RUN={run}", StringComparison.Ordinal))];

    /// <summary>Processes that carry the mark of a run, workers or not.</summary>
    public static IReadOnlyList<int> MarkedBy(Guid run) => [.. All().Where(id => Read(id, "environ").Contains($"LRCNLAB_RUN={run}", StringComparison.Ordinal))];

    /// <summary><c>kill -9</c>; nothing happens to one that is gone.</summary>
    public static void KillNine(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It was quicker.
        }
    }

    private static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>Field 4 of <c>stat</c>, counted after the name in parentheses, which may hold blanks itself.</summary>
    private static int ParentOf(int id) =>
        Read(id, "stat") is { Length: > 0 } stat ? int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture) : 0;

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
