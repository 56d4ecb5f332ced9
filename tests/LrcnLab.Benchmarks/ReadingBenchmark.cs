using System.Diagnostics;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using LrcnLab.Training.Clips;

namespace LrcnLab.Benchmarks;

/// <summary>Frames a second of shuffled, augmented clips from prepared frames, through the loader, against decoding them.</summary>
internal static class ReadingBenchmark
{
    private const int Batch = 16;

    private static readonly AugmentationSpec Augmentation = new() { Shift = 0.1, Crop = 0.2, HorizontalFlip = true, Brightness = 0.2, Contrast = 0.2, Saturation = 0.2, TimeJitter = true };

    public static int Run(int threads, int rounds, string? videos)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        try
        {
            DatasetManifest manifest = BenchmarkVideos.Manifest(videos, folder);
            foreach (DataSpec data in (DataSpec[])[new() { Width = 112, Height = 112 }, new() { Width = 64, Height = 48, Color = ColorMode.Gray }])
                Compare(manifest, data, Path.Combine(folder, "prepared"), threads, rounds);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(DatasetManifest manifest, DataSpec data, string prepared, int threads, int rounds)
    {
        long decoded = FramePreparer.EstimateBytes(manifest, data) / (data.Width * data.Height * data.Channels());
        List<double> decoding = [], plain = [], one = [], all = [], copying = [];
        for (int round = -1; round < rounds; round++)
        {
            if (Directory.Exists(prepared))
                Directory.Delete(prepared, recursive: true);
            long started = Stopwatch.GetTimestamp();
            string folder = FramePreparer.Prepare(manifest, data, prepared, null, CancellationToken.None);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            using PreparedFrames frames = PreparedFrames.Open(folder);
            double[] measured = [decoded / seconds, Read(new AugmentationSpec(), threads), Read(Augmentation, 1), Read(Augmentation, threads), Copy(frames, threads)];
            if (round < 0)
                continue;
            foreach (var (list, value) in ((List<double>, double)[])[(decoding, measured[0]), (plain, measured[1]), (one, measured[2]), (all, measured[3]), (copying, measured[4])])
                list.Add(value);

            double Read(AugmentationSpec augmentation, int readers) => Epochs(new ClipReader(frames, manifest, data, augmentation, seed: 1), manifest.Samples.Count, data, readers);
        }

        Report.Line($"{data.Width}x{data.Height} {data.Color}, clips of {data.ClipLength}, {threads} threads, {rounds} rounds; frames a second, median");
        Report.Line($"decoding {Report.Median(decoding):0}; reading with augmentation {Report.Median(all):0}, on one thread {Report.Median(one):0}; without augmentation {Report.Median(plain):0}; a bare copy of random frames {Report.Median(copying):0}");
        Report.Line($"reading is {Report.Median(all) / Report.Median(decoding):0.0} times as fast as decoding; {threads} threads are {Report.Median(all) / Report.Median(one):0.00} times as fast as one");
    }

    private static double Epochs(ClipReader reader, int samples, DataSpec data, int threads)
    {
        int epochs = Math.Max(1, 8000 / samples);
        ClipChoice[] order = [.. Enumerable.Range(1, epochs).SelectMany(e => Core.Training.Shuffle.Order(samples, 1, e)).Select(s => new ClipChoice(s))];
        long started = Stopwatch.GetTimestamp();
        using var loader = new ClipLoader(new ClipSource(reader.Read, reader.ClipBytes), order, epoch: 1, Batch, threads: threads);
        while (loader.Take() is ClipBatch batch)
            loader.Return(batch);
        return order.Length * (double)data.ClipLength / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Copy(PreparedFrames frames, int threads)
    {
        const int Each = 100_000;
        long started = Stopwatch.GetTimestamp();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            var random = new Random(thread);
            byte[] target = new byte[frames.FrameBytes * 256];
            for (int i = 0; i < Each; i++)
            {
                int sample = random.Next(frames.SampleCount);
                frames.Frame(sample, random.Next(frames.FrameCount(sample))).CopyTo(target.AsSpan(i % 256 * frames.FrameBytes));
            }
        });
        return threads * (double)Each / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
