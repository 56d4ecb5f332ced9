using System.Diagnostics;
using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Scheduling;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Features.Data;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Benchmarks;

/// <summary>What the server takes for the pages of one large data set, in a real SQLite file: the questions that each page asks, in the order in which it asks them.</summary>
internal static class DatasetsBenchmark
{
    private const int Classes = 101, Visits = 50;

    /// <param name="rounds">How often each is asked; the first one, which warms up, does not count.</param>
    /// <param name="samples">Of the data set.</param>
    /// <param name="keep">Data folder that is left behind, for the program to be started on; null for one that is removed.</param>
    public static async Task<int> RunAsync(int rounds, int samples, string? keep)
    {
        string folder = keep ?? Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        try
        {
            var options = new LabOptions { DataDirectory = folder, SamplesDirectory = Path.Combine(folder, "none") };
            await using ServiceProvider services = new ServiceCollection().AddLogging().AddLabStorage(options).AddLabScheduling(options)
                .AddSingleton<CardQueries>().AddSingleton<BrowseQueries>().AddSingleton<VersionQueries>().AddSingleton<DatasetQueries>().BuildServiceProvider();
            if (await services.GetRequiredService<DatabaseInitializer>().InitializeAsync(CancellationToken.None) is { } failure)
                throw new InvalidOperationException(failure);
            await MeasureAsync(services, samples, rounds);
            return 0;
        }
        finally
        {
            if (keep is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(IServiceProvider services, int samples, int rounds)
    {
        (CardQueries cards, BrowseQueries browse, VersionQueries versions) = (services.GetRequiredService<CardQueries>(), services.GetRequiredService<BrowseQueries>(), services.GetRequiredService<VersionQueries>());
        var folders = services.GetRequiredService<VersionFolders>();
        DatasetManifest manifest = Manifest(samples);
        var version = Guid.CreateVersion7();
        Report.Line($"{samples} samples of {Classes} classes; milliseconds");
        await OnceAsync("import: manifest and rows written, leaks searched", async () =>
        {
            await folders.WriteAsync(version, manifest, CancellationToken.None);
            await services.GetRequiredService<DatasetRecorder>().RecordAsync(version, manifest, CancellationToken.None);
        });
        Guid dataset = (await services.GetRequiredService<DatasetQueries>().ListAsync(CancellationToken.None))[0].Id;
        CardVersion card = (await cards.VersionAsync(dataset, null, CancellationToken.None))!;
        int[] middle = [.. Enumerable.Range(samples / 2, 60)];

        await AskAsync("/data", () => services.GetRequiredService<DatasetQueries>().ListAsync(CancellationToken.None));
        await AskAsync("data card, all of it", async () =>
        {
            await cards.VersionAsync(dataset, null, CancellationToken.None);
            await browse.FacetsAsync(version, new ClipFilter(), card.Classes, CancellationToken.None);
            await browse.RowsAsync(version, [.. Enumerable.Range(0, 10).Select(i => i * (samples / 10))], CancellationToken.None);
            await cards.RunsAsync(dataset, 20, CancellationToken.None);
            await cards.CardAsync(version, CancellationToken.None);
        });
        await AskAsync("browse, first page", () => PageAsync(new ClipFilter(), 0));
        await AskAsync("browse, last page", () => PageAsync(new ClipFilter(), samples - 60));
        await AskAsync("browse, one class of one split, longest first", () => PageAsync(new ClipFilter { Class = card.Classes[3], Split = Split.Validation, Sort = ClipSort.Longest }, 0));
        await AskAsync("browse, by text", () => PageAsync(new ClipFilter { Text = "clip-4242" }, 0));
        await AskAsync("browse, by flag", () => PageAsync(new ClipFilter { Flags = SampleFlags.DuplicateAcrossSplits }, 0));
        await AskAsync("another page of the same filter", () => browse.RowsAsync(version, middle, CancellationToken.None));
        SampleRow flagged = (await browse.RowsAsync(version, await browse.IndicesAsync(version, new ClipFilter { Flags = SampleFlags.DuplicateAcrossSplits }, card.Classes, CancellationToken.None), CancellationToken.None))[0];
        await AskAsync("a clip's detail", () => browse.RelatedAsync(flagged, 12, CancellationToken.None));
        await AskAsync("what it looks like, behind the detail", () => browse.AlikeAsync(flagged, 12, CancellationToken.None));
        await AskAsync("versions", () => versions.ListAsync(dataset, CancellationToken.None));
        await AskAsync("editing: the manifest", () => folders.ReadAsync(version, CancellationToken.None));
        await AskAsync("editing: leaks of a draft", () => Task.Run(() => LeakGuard.Check(manifest)));
        await OnceAsync("an edited version, made", async () =>
        {
            EditResult made = await services.GetRequiredService<VersionService>().EditAsync(version, [new DropSamples([5])], CancellationToken.None);
            if (made.VersionId is null)
                throw new InvalidOperationException(made.Refusal);
        });

        long before = Held();
        for (int visit = 0; visit < Visits; visit++)
            await PageAsync(new ClipFilter { Class = card.Classes[visit] }, 0);
        Report.Line($"managed memory after {Visits} more visits: {(Held() - before) / 1024.0:0} KiB more; working set {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB");

        async Task PageAsync(ClipFilter filter, int from)
        {
            await cards.VersionAsync(dataset, null, CancellationToken.None);
            int[] indices = await browse.IndicesAsync(version, filter, card.Classes, CancellationToken.None);
            await browse.FacetsAsync(version, filter, card.Classes, CancellationToken.None);
            await browse.RowsAsync(version, [.. indices.Skip(from).Take(60)], CancellationToken.None);
        }

        async Task AskAsync(string what, Func<Task> question)
        {
            var times = new List<double>();
            for (int round = -1; round < rounds; round++)
            {
                long started = Stopwatch.GetTimestamp();
                await question();
                if (round >= 0)
                    times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            Report.Line($"{what,-55} median {Report.Median(times):0}, slowest {times.Max():0}");
        }
    }

    private static async Task OnceAsync(string what, Func<Task> work)
    {
        long started = Stopwatch.GetTimestamp();
        await work();
        Report.Line($"{what,-55} {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0}");
    }

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Like UCF101, only larger: recordings of ten clips that stay in one split, lengths of 2 to 12 s, and a few clips that are in two splits.</summary>
    private static DatasetManifest Manifest(int count)
    {
        var random = new Random(1);
        var samples = new Sample[count];
        byte[] look = new byte[128];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(look);
            string name = string.Create(CultureInfo.InvariantCulture, $"class-{i % Classes:D3}/v_g{i / 10:D5}_clip-{i}.avi");
            samples[i] = new Sample
            {
                Path = name,
                Label = i % Classes,
                Split = i / 10 % 10 == 0 ? Split.Test : i / 10 % 10 == 1 ? Split.Validation : Split.Train,
                Group = string.Create(CultureInfo.InvariantCulture, $"g{i / 10:D5}"),
                Frames = random.Next(50, 300),
                FrameRate = 25,
                Width = 320,
                Height = 240,
                Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name))),
                Fingerprint = new FrameFingerprint(Convert.ToBase64String(look)),
                Colors = new ColorStatistics([random.NextDouble(), random.NextDouble(), random.NextDouble()], [0.2, 0.2, 0.2]),
            };
        }

        for (int i = 0; i < count / 1000; i++)
            samples[i * 1000] = samples[i * 1000] with { Fingerprint = samples[i * 1000 + 55].Fingerprint, Colors = samples[i * 1000 + 55].Colors };
        return new DatasetManifest { Name = "large", Layout = LayoutNames.Ucf101, Root = "/nowhere", Classes = [.. Enumerable.Range(0, Classes).Select(i => $"class-{i:D3}")], Samples = samples, CreatedAt = DateTime.UtcNow };
    }
}
