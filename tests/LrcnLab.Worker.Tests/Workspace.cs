using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using SkiaSharp;
using Xunit;

namespace LrcnLab.Worker.Tests;

/// <summary>A folder with videos (folders of frames: a bar moves left, right or not at all), a specification, and an output folder.</summary>
internal sealed class Workspace : IDisposable
{
    private static readonly string[] Classes = ["left", "right", "still"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lrcnlab-test-");

    public Workspace(int epochs = 3)
    {
        Spec = new RunSpec
        {
            // Bars that differ by a row of pixels are look-alikes, which is no matter here.
            Data = new DataSpec { Dataset = "videos", ClipLength = 5, Width = 16, Height = 12, Color = ColorMode.Gray, AllowLeaks = true },
            Model = new ModelSpec { Backbone = new BackboneSpec { Convolutions = [new() { Filters = 4, Pool = 2 }], Dropout = 0.1 }, Sequence = new SequenceSpec { Hidden = 8 } },
            Training = new TrainingSpec { Epochs = epochs, BatchSize = 4 },
            Checkpoints = new CheckpointSpec { SaveEverySteps = 2 },
            Resources = new ResourceSpec { Device = DeviceKind.Cpu, Threads = 1 },
        };
        foreach (string label in Classes)
        {
            for (int video = 0; video < 6; video++)
                Draw(Path.Combine(Videos, video < 4 ? "train" : "validation", label, $"{video}"), label, video);
        }

        WriteSpec(SpecText.ToJson(Spec));
    }

    public RunSpec Spec { get; }
    public string Videos => Path.Combine(_folder.FullName, "videos");
    public string SpecPath => Path.Combine(_folder.FullName, "spec.json");
    public string Output => Path.Combine(_folder.FullName, "run");

    /// <summary>Every event of all attempts, as the journal has them.</summary>
    public WorkerEvent[] Journal => [.. File.ReadAllLines(Path.Combine(Output, WorkerProtocol.JournalFile)).Select(line => WorkerEvent.Parse(line)!)];

    public void WriteSpec(string text) => File.WriteAllText(SpecPath, text);

    /// <summary>Every line is an event, and sequence numbers rise by one.</summary>
    public static WorkerEvent[] AssertEvents(IEnumerable<string> lines, long first = 1)
    {
        WorkerEvent[] events = [.. lines.Select(line => WorkerEvent.Parse(line) ?? throw new InvalidOperationException($"not an event: {line}"))];
        Assert.Equal(Enumerable.Range(0, events.Length).Select(i => first + i), events.Select(e => e.Sequence));
        return events;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Draw(string folder, string label, int video)
    {
        Directory.CreateDirectory(folder);
        for (int t = 0; t < 6; t++)
        {
            using var bitmap = new SKBitmap(24, 18);
            bitmap.Erase(SKColors.Black);
            int x = label switch { "left" => 18 - 3 * t, "right" => 3 * t, _ => 10 };
            for (int y = video; y < 18; y++)
                bitmap.SetPixel(x, y, SKColors.White);
            using FileStream file = File.Create(Path.Combine(folder, $"frame_{t:D5}.png"));
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        }
    }
}
