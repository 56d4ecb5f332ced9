using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Prepared;
using LrcnLab.Training.Flow;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Flow;

/// <summary>Folders of pictures in which a texture moves two pixels a frame: five frames to the right, then back to the left.</summary>
public sealed class FlowPreparerTests : IDisposable
{
    private const int Width = 32, Height = 24, Frames = 9, Turn = 4, Step = 2;
    private static readonly DataSpec Data = new() { Width = Width, Height = Height, Color = ColorMode.Flow };
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lrcnlab-test-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Root => Path.Combine(_folder.FullName, "prepared");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Prepare_OfSamples_HoldsTheFlowToTheNextFrameOfEach()
    {
        // The whole video, two parts of it that share frames, one of them twice, and a single frame.
        DatasetManifest manifest = Manifest([(0, 0, Frames), (0, 0, Turn + 1), (0, Turn - 1, 4), (0, 0, Turn + 1), (1, 2, 1)]);
        List<(string Stage, long Done, long Total)> progress = [];
        string folder = FlowPreparer.Prepare(manifest, Data, Root, CPU, (stage, done, total) => progress.Add((stage, done, total)), Ct);

        using PreparedFrames frames = PreparedFrames.Open(folder);
        Assert.Equal([9, 5, 4, 5, 1], Enumerable.Range(0, 5).Select(frames.FrameCount));
        Assert.Equal([Step, Step, Step, Step, -Step, -Step, -Step, -Step, -Step], Enumerable.Range(0, Frames).Select(f => Moved(frames, 0, f)));
        Assert.All(Enumerable.Range(0, Turn + 1), f => Assert.Equal(Step, Moved(frames, 1, f)));
        Assert.Equal([Step, -Step, -Step, -Step], Enumerable.Range(0, 4).Select(f => Moved(frames, 2, f)));
        Assert.Equal(frames.Frame(1, 4).ToArray(), frames.Frame(1, 3).ToArray());
        Assert.Equal(frames.Frame(1, 2).ToArray(), frames.Frame(3, 2).ToArray());
        Assert.All(frames.Frame(4, 0).ToArray(), b => Assert.Equal(FlowImage.Center, b));

        Assert.Equal(("computing flow", 19, 19), progress[^1]);
        Assert.Contains(progress, p => p.Stage == "preparing");
        long onDisk = Directory.EnumerateFiles(Root, "*.bin", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        Assert.Equal(onDisk, FlowPreparer.EstimateBytes(manifest, Data));
    }

    [Fact]
    public void Prepare_AfterItWasCanceled_GoesOnWithWhatIsMissing()
    {
        DatasetManifest manifest = Manifest([.. Enumerable.Range(0, 12).Select(v => (v, 0, Frames))]);
        using (var cancel = new CancellationTokenSource())
        {
            void Watch(string stage, long done, long total)
            {
                if (stage == "computing flow" && Written().Count > 0)
                    cancel.Cancel();
            }

            Assert.ThrowsAny<OperationCanceledException>(() => FlowPreparer.Prepare(manifest, Data, Root, CPU, Watch, cancel.Token));
        }

        Dictionary<string, DateTime> first = Written();
        long resumedAt = -1;
        string folder = FlowPreparer.Prepare(manifest, Data, Root, CPU, (stage, done, _) => resumedAt = stage == "computing flow" && resumedAt < 0 ? done : resumedAt, Ct);
        Assert.NotEmpty(first);
        Assert.True(resumedAt >= first.Count * Frames);
        Assert.All(first, f => Assert.Equal(f.Value, Written()[f.Key]));

        byte[] whole = Content(folder);
        Directory.Delete(Root, recursive: true);
        Assert.Equal(whole, Content(FlowPreparer.Prepare(manifest, Data, Root, CPU, null, Ct)));
    }

    [Fact]
    public void Prepare_OfWhatIsThere_NeedsNeitherVideosNorGreyFrames()
    {
        DatasetManifest manifest = Manifest([(0, 0, Frames)]);
        string folder = FlowPreparer.Prepare(manifest, Data, Root, CPU, null, Ct);
        Directory.Delete(FramePreparer.Folder(manifest, Data with { Color = ColorMode.Gray }, Root), recursive: true);
        Directory.Delete(manifest.Root, recursive: true);

        Assert.Equal(folder, FlowPreparer.Prepare(manifest, Data, Root, CPU, null, Ct));
    }

    [Fact]
    public void Write_InBatchesOnADevice_GivesTheSameFrames()
    {
        DatasetManifest manifest = Manifest([(0, 0, Frames), (1, 0, 1), (2, 0, 2)]);
        byte[] expected = Content(FlowPreparer.Prepare(manifest, Data, Root, CPU, null, Ct));
        using PreparedFrames gray = PreparedFrames.Open(FramePreparer.Folder(manifest, Data with { Color = ColorMode.Gray }, Root));
        var layout = new PreparedLayout("test", [new PlannedShard("test", 12)], [[0, 0, 9], [0, 9, 1], [0, 10, 2]]);
        string folder = PreparedFolder.Ensure(Root + "2", PreparedKey.Of(manifest, Data), layout, (_, output, ct) => new FlowShard(gray, output, ct).Write([0, 1, 2], CPU), thorough: false, null, Ct);

        Assert.Equal(expected, Content(folder));
    }

    /// <summary>Median of x in the middle of a frame, in pixels.</summary>
    private static double Moved(PreparedFrames frames, int sample, int frame)
    {
        ReadOnlySpan<byte> x = frames.Frame(sample, frame)[..(Width * Height)];
        var middle = new List<byte>();
        for (int row = 8; row < Height - 8; row++)
            middle.AddRange(x.Slice(row * Width + 8, Width - 16));
        middle.Sort();
        return Math.Round((middle[middle.Count / 2] - FlowImage.Center) / (double)FlowImage.Scale, 1);
    }

    private static byte[] Content(string folder) => [.. Directory.EnumerateFiles(folder, "*.bin").Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];

    private Dictionary<string, DateTime> Written() => Directory.EnumerateFiles(Root, "*.bin", SearchOption.AllDirectories)
        .Where(f => f.Contains("-flow", StringComparison.Ordinal))
        .ToDictionary(f => f, File.GetLastWriteTimeUtc);

    /// <summary>Each part is a folder, its first frame and its number of frames; a rate of one frame a second makes frames seconds.</summary>
    private DatasetManifest Manifest((int Video, int First, int Count)[] parts)
    {
        foreach (int video in parts.Select(p => p.Video).Distinct())
            Draw(video);
        return new DatasetManifest
        {
            Name = "moves",
            Layout = "memory",
            Root = Path.Combine(_folder.FullName, "videos"),
            Classes = ["one"],
            Samples =
            [
                .. parts.Select(p => new Sample
                {
                    Path = $"{p.Video}",
                    Label = 0,
                    Split = Split.Train,
                    Start = p.First,
                    Frames = p.Count,
                    FrameRate = 1,
                    Width = Width,
                    Height = Height,
                    Sha256 = MediaFile.Sha256(Path.Combine(_folder.FullName, "videos", $"{p.Video}"), Ct),
                }),
            ],
        };
    }

    private void Draw(int video)
    {
        string folder = Path.Combine(_folder.FullName, "videos", $"{video}");
        Directory.CreateDirectory(folder);
        Func<double, double, double> texture = Scenes.Texture(video);
        for (int f = 0; f < Frames; f++)
        {
            int moved = Step * (Turn - Math.Abs(f - Turn));
            using var bitmap = new SKBitmap(Width, Height);
            for (int i = 0; i < Width * Height; i++)
            {
                byte level = (byte)Math.Clamp(Math.Round(texture(i % Width - moved, i / Width)), 0, 255);
                bitmap.SetPixel(i % Width, i / Width, new SKColor(level, level, level));
            }

            using FileStream file = File.Create(Path.Combine(folder, $"f{f:D2}.png"));
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        }
    }
}
