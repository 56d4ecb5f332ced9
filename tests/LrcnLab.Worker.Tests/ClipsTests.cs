using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using SkiaSharp;
using Xunit;

namespace LrcnLab.Worker.Tests;

public sealed class ClipsTests
{
    private const string Shifting = "augmentation.shift=0.3";

    [Fact]
    public async Task Clips_OfAnEpoch_ShowWhatTrainingReads()
    {
        using var work = new Workspace();
        DatasetManifest manifest = await ImportAsync(work);
        RunSpec spec = work.Spec with { Augmentation = new AugmentationSpec { Shift = 0.3 }, Training = work.Spec.Training with { Seed = 7 } };

        string[] files = await DrawAsync(work, "seven", "--samples", "9,2", "--epoch", "3", "--seed", "7", "--set", Shifting);

        using PreparedFrames frames = PreparedFrames.Open(FramePreparer.Prepare(manifest, spec.Data, Path.Combine(work.Output, "whole"), null, TestContext.Current.CancellationToken));
        var reader = new ClipReader(frames, manifest, spec.Data, spec.Augmentation, spec.Training.Seed);
        Assert.Equal(["000002-5.png", "000009-5.png"], files.Select(Path.GetFileName));
        Assert.Equal(Read(reader, 2), Pixels(files[0], frames));
        Assert.Equal(Read(reader, 9), Pixels(files[1], frames));
    }

    [Fact]
    public async Task Clips_OfPreparedFrames_AreTheSameAsDecodedOnes()
    {
        using var work = new Workspace();
        await ImportAsync(work);
        string prepared = Path.Combine(work.Output, "frames");
        Assert.Equal(0, (await WorkerProcess.RunAsync("prepare", work.SpecPath, "--data", Path.Combine(work.Output, "data"), "--prepared", prepared)).ExitCode);

        string[] read = await DrawAsync(work, "read", "--samples", "4", "--epoch", "1", "--set", Shifting, "--prepared", prepared);
        string[] decoded = await DrawAsync(work, "decoded", "--samples", "4", "--epoch", "1", "--set", Shifting);

        Assert.Equal(await File.ReadAllBytesAsync(decoded.Single(), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(read.Single(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Clips_OfTwoSeeds_Differ()
    {
        using var work = new Workspace();
        await ImportAsync(work);
        string[] samples = ["--samples", "0,1,2,3,4,5", "--epoch", "1", "--set", Shifting];

        string[] one = await DrawAsync(work, "one", [.. samples, "--seed", "1"]), two = await DrawAsync(work, "two", [.. samples, "--seed", "2"]), again = await DrawAsync(work, "again", [.. samples, "--seed", "1"]);

        Assert.NotEqual(one.SelectMany(File.ReadAllBytes), two.SelectMany(File.ReadAllBytes));
        Assert.Equal(one.SelectMany(File.ReadAllBytes), again.SelectMany(File.ReadAllBytes));
    }

    [Fact]
    public async Task Clips_Normalized_AreMidGreyWhereNothingMoves()
    {
        using var work = new Workspace();
        DatasetManifest manifest = await ImportAsync(work);
        int still = manifest.Samples.ToList().FindIndex(s => manifest.Classes[s.Label] == "still");

        string[] files = await DrawAsync(work, "motion", "--samples", $"{still}", "--set", "data.normalization=motion", "--normalized");

        using SKBitmap sheet = SKBitmap.Decode(files.Single());
        Assert.Equal((5 * 16, 12), (sheet.Width, sheet.Height));
        Assert.All(sheet.Pixels, p => Assert.InRange(p.Red, 127, 128));
    }

    [Fact]
    public async Task Clips_OfASampleThatIsNot_SaysWhichThereAre()
    {
        using var work = new Workspace();
        await ImportAsync(work);

        var (exit, _, errors) = await WorkerProcess.RunAsync("clips", work.SpecPath, "--data", Path.Combine(work.Output, "data"), "--samples", "3,18", "--output", Path.Combine(work.Output, "none"));

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Contains("\"18\" is no sample of bars: --samples takes whole numbers from 0 to 17", errors, StringComparison.Ordinal);
    }

    private static async Task<DatasetManifest> ImportAsync(Workspace work)
    {
        string data = Path.Combine(work.Output, "data");
        Assert.Equal(0, (await WorkerProcess.RunAsync("import", work.Videos, "--name", "bars", "--output", data)).ExitCode);
        return JsonSerializer.Deserialize<DatasetManifest>(await File.ReadAllTextAsync(Path.Combine(data, WorkerProtocol.ManifestFile), TestContext.Current.CancellationToken), LabJson.Options)!;
    }

    /// <summary>The pictures, in order of their samples.</summary>
    private static async Task<string[]> DrawAsync(Workspace work, string name, params string[] arguments)
    {
        string output = Path.Combine(work.Output, name);
        var (exit, lines, errors) = await WorkerProcess.RunAsync(["clips", work.SpecPath, "--data", Path.Combine(work.Output, "data"), "--output", output, .. arguments]);
        Assert.Equal("", errors);
        Assert.Equal(0, exit);
        Assert.Equal(Outcome.Completed, Assert.IsType<DoneEvent>(Workspace.AssertEvents(lines)[^1]).Outcome);
        return [.. Directory.EnumerateFileSystemEntries(output).Order(StringComparer.Ordinal)];
    }

    private static byte[] Read(ClipReader reader, int sample)
    {
        byte[] clip = new byte[reader.ClipBytes];
        Assert.Equal(5, reader.Read(sample, 3, 0.5, clip));
        return clip;
    }

    /// <summary>Back from frames side by side to <c>[T, H, W]</c>; all three colours of a grey frame are the same.</summary>
    private static byte[] Pixels(string file, PreparedFrames frames)
    {
        using SKBitmap sheet = SKBitmap.Decode(file);
        var pixels = new List<byte>();
        for (int t = 0; t < sheet.Width / frames.Width; t++)
        {
            for (int i = 0; i < frames.Width * frames.Height; i++)
            {
                SKColor color = sheet.GetPixel(t * frames.Width + i % frames.Width, i / frames.Width);
                Assert.True(color.Red == color.Green && color.Green == color.Blue);
                pixels.Add(color.Red);
            }
        }

        return [.. pixels];
    }
}
