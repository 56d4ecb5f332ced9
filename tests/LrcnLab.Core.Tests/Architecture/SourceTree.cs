using System.Reflection;
using System.Xml.Linq;

namespace LrcnLab.Core.Tests.Architecture;

/// <summary>The repository as it lies on disk, without what a build or a third party put there.</summary>
internal static class SourceTree
{
    public static string Root { get; } = typeof(SourceTree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    public static IReadOnlyList<ProjectFile> Projects { get; } = [.. Files("*.csproj").Select(ProjectFile.Read)];

    /// <summary>Paths relative to the root, with forward slashes, sorted.</summary>
    public static IEnumerable<string> Files(params string[] patterns) =>
        from pattern in patterns
        from folder in new[] { "src", "tests", "migrations", "wwwroot" }
        let full = Path.Combine(Root, folder)
        where Directory.Exists(full)
        from file in Directory.EnumerateFiles(full, pattern, SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Root, file).Replace('\\', '/')
        where !relative.Split('/').Any(part => part is "bin" or "obj" or "node_modules") && !relative.StartsWith("wwwroot/lib/", StringComparison.Ordinal)
        orderby relative
        select relative;

    public static string[] Lines(string relativePath) => File.ReadAllLines(Path.Combine(Root, relativePath));
}

/// <param name="Path">Relative to the root.</param>
/// <param name="References">Names of the projects whose types it sees.</param>
/// <param name="Packages">Names of the packages it references itself.</param>
internal sealed record ProjectFile(string Path, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public static ProjectFile Read(string path)
    {
        XDocument xml = XDocument.Load(System.IO.Path.Combine(SourceTree.Root, path));
        return new ProjectFile(
            path,
            // ReferenceOutputAssembly="false" only orders the build: the web program has its worker built with it, and sees none of its types.
            [.. xml.Descendants("ProjectReference").Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
                .Select(r => System.IO.Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')))],
            [.. xml.Descendants("PackageReference").Select(r => (string)r.Attribute("Include")!)]);
    }
}
