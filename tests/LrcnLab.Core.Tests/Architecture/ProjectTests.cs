using Xunit;

namespace LrcnLab.Core.Tests.Architecture;

/// <summary>Who may know whom. Adding an edge here is a decision: write it down in docs/decisions.</summary>
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["LrcnLab.Core"] = [],
        ["LrcnLab.Storage"] = ["LrcnLab.Core"],
        ["LrcnLab.Migrations.Sqlite"] = ["LrcnLab.Storage"],
        ["LrcnLab.Migrations.PostgreSql"] = ["LrcnLab.Storage"],
        ["LrcnLab.Media"] = ["LrcnLab.Core"],
        ["LrcnLab.Training"] = ["LrcnLab.Core", "LrcnLab.Media"],
        ["LrcnLab.Worker"] = ["LrcnLab.Core", "LrcnLab.Media", "LrcnLab.Training"],
        ["LrcnLab.Scheduling"] = ["LrcnLab.Core", "LrcnLab.Storage"],
        // The composition root also carries the migrations, which nothing but EF Core looks into.
        ["LrcnLab.Web"] = ["LrcnLab.Core", "LrcnLab.Storage", "LrcnLab.Scheduling", "LrcnLab.Migrations.Sqlite", "LrcnLab.Migrations.PostgreSql"],
    };

    /// <summary>Native libraries and frameworks that one project alone may bring in, by the beginning of the package's name.</summary>
    private static readonly Dictionary<string, string[]> PackageOwners = new()
    {
        ["TorchSharp"] = ["LrcnLab.Training"],
        ["libtorch"] = ["LrcnLab.Training"],
        ["SkiaSharp"] = ["LrcnLab.Media"],
        ["MudBlazor"] = ["LrcnLab.Web"],
        ["Hangfire"] = ["LrcnLab.Scheduling"],
        ["Microsoft.EntityFrameworkCore"] = ["LrcnLab.Storage", "LrcnLab.Migrations.Sqlite", "LrcnLab.Migrations.PostgreSql"],
        ["Npgsql"] = ["LrcnLab.Storage", "LrcnLab.Scheduling"],
    };

    public static TheoryData<string> Products => [.. SourceTree.Projects.Where(p => !p.Path.StartsWith("tests/", StringComparison.Ordinal)).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Products))]
    public void Project_ReferencesOnlyWhatTheDesignAllows(string name)
    {
        Assert.True(Allowed.ContainsKey(name), $"{name} is a project that the design does not know: add it to this table and say why in docs/decisions.");
        ProjectFile project = SourceTree.Projects.Single(p => p.Name == name);

        Assert.Empty(project.References.Except(Allowed[name]));
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void Package_IsBroughtInOnlyByItsOwner(string name)
    {
        ProjectFile project = SourceTree.Projects.Single(p => p.Name == name);

        Assert.Empty(
            from package in project.Packages
            from owner in PackageOwners
            where package.StartsWith(owner.Key, StringComparison.OrdinalIgnoreCase) && !owner.Value.Contains(name)
            select $"{package} belongs in {string.Join(" or ", owner.Value)}");
    }

    [Fact]
    public void Solution_ListsEveryProjectAndNoOther()
    {
        IEnumerable<string> listed = SourceTree.Lines("LrcnLab.sln")
            .Where(line => line.StartsWith("Project(", StringComparison.Ordinal) && line.Contains(".csproj", StringComparison.Ordinal))
            .Select(line => line.Split('"')[5].Replace('\\', '/'))
            .Where(path => !path.StartsWith("samples/", StringComparison.Ordinal));

        Assert.Equal(SourceTree.Projects.Select(p => p.Path).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tests_AreKnownByNobody() =>
        Assert.DoesNotContain(SourceTree.Projects.Where(p => !p.Path.StartsWith("tests/", StringComparison.Ordinal)).SelectMany(p => p.References), r => r.EndsWith("Tests", StringComparison.Ordinal));
}
