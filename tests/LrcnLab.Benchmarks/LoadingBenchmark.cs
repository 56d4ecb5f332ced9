using System.Diagnostics;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Import;
using LrcnLab.Media.Prepared;
using LrcnLab.Training.Clips;

namespace LrcnLab.Benchmarks;

/// <summary>Whole epochs of the sample data set from prepared frames, with every augmentation, against as many bare steps in memory.</summary>
internal static class LoadingBenchmark
{
    public static int Run(int threads, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        try
        {
            DatasetManifest manifest = DatasetImporter.Import(SampleFolder(), "moving-garments", folder, null, CancellationToken.None).Manifest ?? throw new InvalidDataException("The sample data set cannot be read.");
            foreach (var (name, spec) in ((string, RunSpec)[])[("seed model", BareStep.SeedSpec), ("quick start", Presets.QuickStart.Spec)])
                Compare(name, spec, manifest, folder, threads, rounds);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(string name, RunSpec spec, DatasetManifest manifest, string folder, int threads, int rounds)
    {
        using PreparedFrames frames = PreparedFrames.Open(FramePreparer.Prepare(manifest, spec.Data, Path.Combine(folder, "prepared"), null, CancellationToken.None));
        var augmentation = new AugmentationSpec { Shift = 0.1, Crop = 0.2, HorizontalFlip = true, Brightness = 0.2, Contrast = 0.2, Saturation = 0.2, TimeJitter = true };
        var reader = new ClipReader(frames, manifest, spec.Data, augmentation, seed: 1);
        ClipChoice[] order = [.. Enumerable.Range(0, manifest.Samples.Count).Where(i => manifest.Samples[i].Split == Split.Train).Select(i => new ClipChoice(i))];
        using var step = new BareStep(spec, manifest.Classes.Count);
        step.Run(2);
        int steps = order.Length / spec.Training.BatchSize;
        List<double> bare = [], epochs = [];
        for (int round = 0; round < rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            step.Run(steps);
            bare.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            started = Stopwatch.GetTimestamp();
            Epoch(step, reader, order[..(steps * spec.Training.BatchSize)], round + 1);
            epochs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        byte[] clip = new byte[reader.ClipBytes];
        long reading = Stopwatch.GetTimestamp();
        foreach (ClipChoice choice in order)
            reader.Read(choice.Sample, 1, choice.Place, clip);
        double alone = Stopwatch.GetElapsedTime(reading).TotalMilliseconds;
        Report.Line($"{name}, {steps} steps of {BareStep.Describe(spec)}, {threads} threads, {rounds} rounds");
        Report.Line($"reading an epoch's clips alone, one thread: {alone:0} ms, {1e6 * alone / order.Length / reader.ClipBytes:0.0} ns a byte");
        Report.Line($"bare steps {Report.Median(bare):0} ms, epoch from prepared frames with augmentation {Report.Median(epochs):0} ms: {Report.Median(bare) / Report.Median(epochs):P1} of the speed, fastest {bare.Min() / epochs.Min():P1}");
    }

    private static void Epoch(BareStep step, ClipReader reader, ClipChoice[] order, int epoch)
    {
        using var loader = new ClipLoader(new ClipSource(reader.Read, reader.ClipBytes), order, epoch, step.Spec.Training.BatchSize);
        while (loader.Take() is ClipBatch batch)
        {
            step.Step(batch with { Samples = [.. Enumerable.Range(0, batch.Samples.Length)] });
            loader.Return(batch);
        }
    }

    private static string SampleFolder()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, "samples", "moving-garments") is var found && Directory.Exists(found))
                return found;
        }

        throw new DirectoryNotFoundException("samples/moving-garments is not above the program.");
    }
}
