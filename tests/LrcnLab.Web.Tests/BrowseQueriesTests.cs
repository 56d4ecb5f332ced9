using System.Diagnostics;
using LrcnLab.Core.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Features.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>On a real SQLite file.</summary>
public sealed class BrowseQueriesTests(LabServer server) : BrowseQueriesTestsOn<LabServer>(server);

/// <summary>On a real PostgreSQL.</summary>
public sealed class BrowseQueriesPostgresTests : BrowseQueriesTestsOn<PostgresServer>
{
    public BrowseQueriesPostgresTests(PostgresServer server) : base(server) => PostgresServer.SkipWithout();
}

/// <summary>Filters, pages and counts, whichever database keeps the rows.</summary>
public abstract class BrowseQueriesTestsOn<TServer>(TServer server) : IClassFixture<TServer> where TServer : LabServer
{
    private static readonly string[] Classes = ["walk", "run", "jump"];

    private BrowseQueries Queries => server.Services.GetRequiredService<BrowseQueries>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Indices_OfEveryFilter_AreThoseOfTheSamplesThatPass()
    {
        var version = Guid.CreateVersion7();
        SampleRow[] rows = [.. Enumerable.Range(0, 90).Select(i => Row(version, i))];
        await AddAsync(version, rows);

        await AssertAsync(new ClipFilter(), _ => true);
        await AssertAsync(new ClipFilter { Class = "run" }, r => r.Label == 1);
        await AssertAsync(new ClipFilter { Split = Split.Test }, r => r.Split == Split.Test);
        await AssertAsync(new ClipFilter { From = 10, To = 20 }, r => r.Frames is >= 10 and <= 20);
        await AssertAsync(new ClipFilter { Flags = SampleFlags.Short | SampleFlags.Blank }, r => (r.Flags & (SampleFlags.Short | SampleFlags.Blank)) != 0);
        await AssertAsync(new ClipFilter { Text = "CLIP-7" }, r => r.Path.Contains("clip-7", StringComparison.Ordinal));
        await AssertAsync(new ClipFilter { Text = "red b" }, r => r.Captions.Any(c => c.Contains("Red B", StringComparison.Ordinal)));
        await AssertAsync(new ClipFilter { Text = "100%_" }, _ => false);
        await AssertAsync(new ClipFilter { Class = "walk", Split = Split.Train, To = 30 }, r => r is { Label: 0, Split: Split.Train, Frames: <= 30 });
        await AssertAsync(new ClipFilter { Class = "no such class" }, _ => false);

        async Task AssertAsync(ClipFilter filter, Func<SampleRow, bool> passes)
        {
            int[] expected = [.. rows.Where(passes).Select(r => r.Index)];
            Assert.Equal(expected, await Queries.IndicesAsync(version, filter, Classes, Cancel));
            ClipFacets facets = await Queries.FacetsAsync(version, filter, Classes, Cancel);
            if (filter.Split is null)
                Assert.Equal(expected.Length, facets.Splits.Values.Sum());
            if (filter.Class.Length == 0)
                Assert.Equal(expected.Length, facets.Classes.Values.Sum());
        }
    }

    [Fact]
    public async Task Facets_OfAFilter_CountWhatEachChoiceWouldShow()
    {
        var version = Guid.CreateVersion7();
        SampleRow[] rows = [.. Enumerable.Range(0, 90).Select(i => Row(version, i))];
        await AddAsync(version, rows);
        var filter = new ClipFilter { Class = "jump", Split = Split.Validation, From = 5 };

        ClipFacets facets = await Queries.FacetsAsync(version, filter, Classes, Cancel);

        foreach (string name in Classes)
            Assert.Equal((await Queries.IndicesAsync(version, filter with { Class = name }, Classes, Cancel)).Length, facets.Classes.GetValueOrDefault(Array.IndexOf(Classes, name)));
        foreach (Split split in Enum.GetValues<Split>())
            Assert.Equal((await Queries.IndicesAsync(version, filter with { Split = split }, Classes, Cancel)).Length, facets.Splits.GetValueOrDefault(split));
        foreach (var (flag, _, _) in FlagWords.All)
            Assert.Equal((await Queries.IndicesAsync(version, filter with { Flags = flag }, Classes, Cancel)).Length, facets.Flags[flag]);
    }

    [Fact]
    public async Task Indices_Sorted_AreInThisOrderAndRowsFollowIt()
    {
        var version = Guid.CreateVersion7();
        await AddAsync(version, [.. Enumerable.Range(0, 40).Select(i => Row(version, i))]);

        int[] longest = await Queries.IndicesAsync(version, new ClipFilter { Sort = ClipSort.Longest }, Classes, Cancel);
        IReadOnlyList<SampleRow> rows = await Queries.RowsAsync(version, longest, Cancel);

        Assert.Equal(longest, rows.Select(r => r.Index));
        Assert.Equal(rows.OrderByDescending(r => r.Frames).ThenBy(r => r.Index).Select(r => r.Index), longest);
    }

    /// <summary>What each question costs is written to the test's output; times depend on the machine and are not judged.</summary>
    [Fact]
    public async Task HundredThousandSamples_AnyPage_IsReadByItsKeys()
    {
        const int Count = 100_000;
        var version = Guid.CreateVersion7();
        await AddAsync(version, [], Count);
        // Writing them row by row would take longer than all that is asked afterwards.
        await using (LabDbContext db = await Factory.CreateDbContextAsync(Cancel))
        {
            (string numbers, string hash, string captions) = db.Database.IsSqlite()
                ? ("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {1} - 1)", "printf('%064x', i)", "'[\"somebody walks along a street\"]'")
                : ("WITH n(i) AS (SELECT generate_series(0, {1} - 1))", "lpad(to_hex(i), 64, '0')", "ARRAY['somebody walks along a street']");
            string insert =
                $"""
                {numbers}
                INSERT INTO "Samples" ("VersionId", "Index", "Path", "Label", "Group", "Flags", "Split", "Start", "End", "Frames", "FrameRate", "Width", "Height", "Sha256", "Captions", "PreviewIndex")
                SELECT {"{0}"}, i, 'videos/class-' || (i % 3) || '/recording-' || (i / 10) || '/clip-' || i || '.mp4', i % 3, 'recording-' || (i / 10), CASE WHEN i % 50 = 0 THEN 8 ELSE 0 END,
                       CASE WHEN i % 5 = 0 THEN 'Validation' ELSE 'Train' END, NULL, NULL, 10 + i % 290, 25, 320, 240, {hash}, {captions}, i
                FROM n
                """;
            await db.Database.ExecuteSqlRawAsync(insert, [version, Count], Cancel);
        }

        await Queries.IndicesAsync(version, new ClipFilter { To = 1 }, Classes, Cancel);
        int[] all = await MeasureAsync("places of all", () => Queries.IndicesAsync(version, new ClipFilter(), Classes, Cancel));
        int[] found = await MeasureAsync("places by class, split and length", () => Queries.IndicesAsync(version, new ClipFilter { Class = "run", Split = Split.Validation, From = 100, Sort = ClipSort.Longest }, Classes, Cancel));
        int[] text = await MeasureAsync("places by text", () => Queries.IndicesAsync(version, new ClipFilter { Text = "clip-9999" }, Classes, Cancel));
        ClipFacets facets = await MeasureAsync("counts beside filters", () => Queries.FacetsAsync(version, new ClipFilter(), Classes, Cancel));
        IReadOnlyList<SampleRow> last = await MeasureAsync("rows of the last page", () => Queries.RowsAsync(version, all[^60..], Cancel));
        IReadOnlyList<SampleRow> related = await MeasureAsync("clips of one recording", () => Queries.RelatedAsync(last[0], 12, Cancel));

        Assert.Equal(Count, all.Length);
        Assert.Equal(Enumerable.Range(0, Count).Count(i => i % 3 == 1 && i % 5 == 0 && 10 + i % 290 >= 100), found.Length);
        Assert.Equal([9999, .. Enumerable.Range(99_990, 10)], text);
        Assert.Equal((80_000, 20_000, 2000), (facets.Splits[Split.Train], facets.Splits[Split.Validation], facets.Flags[SampleFlags.Short]));
        Assert.Equal(Enumerable.Range(Count - 60, 60), last.Select(r => r.Index));
        Assert.Equal(9, related.Count);
    }

    private static async Task<T> MeasureAsync<T>(string what, Func<Task<T>> question)
    {
        long start = Stopwatch.GetTimestamp(), before = GC.GetTotalAllocatedBytes();
        T answer = await question();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms, {(GC.GetTotalAllocatedBytes() - before) / 1024:N0} KiB allocated");
        return answer;
    }

    private IDbContextFactory<LabDbContext> Factory => server.Services.GetRequiredService<IDbContextFactory<LabDbContext>>();

    private static SampleRow Row(Guid version, int i) => new()
    {
        VersionId = version,
        Index = i,
        Path = $"some/clip-{i}.avi",
        Label = i % 3,
        Split = (Split)(i % 7 % 3),
        Frames = 5 + i * 13 % 40,
        FrameRate = 25,
        Width = 32,
        Height = 24,
        Sha256 = $"{i:x64}",
        Flags = (i % 6 == 0 ? SampleFlags.Short : 0) | (i % 10 == 0 ? SampleFlags.Blank : 0) | (i % 9 == 0 ? SampleFlags.Duplicate : 0),
        Captions = i % 4 == 0 ? ["A Red Ball"] : [],
    };

    private async Task AddAsync(Guid id, SampleRow[] rows, int? count = null)
    {
        var version = new DatasetVersion
        {
            Id = id,
            Dataset = new Dataset { Name = Guid.CreateVersion7().ToString(), CreatedAt = DateTime.UtcNow },
            Number = 1,
            Hash = new string('0', 64),
            Root = "/",
            Layout = LayoutNames.Folders,
            Classes = [.. Classes],
            TrainCount = count ?? rows.Length,
            ValidationCount = 0,
            TestCount = 0,
            ProblemCount = 0,
            Licence = "",
            CreatedAt = DateTime.UtcNow,
        };
        await server.Services.GetRequiredService<LabWriter>().WriteAsync(
            db =>
            {
                db.DatasetVersions.Add(version);
                db.Samples.AddRange(rows);
                return Task.CompletedTask;
            },
            Cancel);
    }
}
