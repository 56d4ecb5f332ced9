using System.Diagnostics;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Benchmarks;

/// <summary>Frames a second of preparing against the plain ffmpeg program that decodes and scales the same files with as many threads, in turns.</summary>
internal static class PrepareBenchmark
{
    public static int Run(int threads, int rounds, string? videos)
    {
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        try
        {
            DatasetManifest manifest = BenchmarkVideos.Manifest(videos, folder);
            string[] files = [.. manifest.Samples.Select(s => Path.Combine(manifest.Root, s.Path)).Distinct()];
            foreach (DataSpec data in (DataSpec[])[new() { Width = 112, Height = 112 }, new() { Width = 80, Height = 80 }, new() { Width = 64, Height = 48, Color = ColorMode.Gray }])
                Compare(manifest, files, data, folder, threads, rounds);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(DatasetManifest manifest, string[] files, DataSpec data, string folder, int threads, int rounds)
    {
        string prepared = Path.Combine(folder, "prepared"), raw = Path.Combine(folder, "raw");
        long frames = FramePreparer.EstimateBytes(manifest, data) / (data.Width * data.Height * data.Channels());
        string list = Path.Combine(folder, "files.txt");
        File.WriteAllLines(list, files.Select(f => $"file '{f}'"));
        List<double> ours = [], perFile = [], oneProcess = [];
        for (int round = -1; round < rounds; round++)
        {
            // A round that does not count fills the caches.
            Add(ours, round, () => FramePreparer.Prepare(manifest, data, prepared, null, CancellationToken.None));
            Directory.Delete(prepared, recursive: true);
            Directory.CreateDirectory(raw);
            Add(perFile, round, () => Parallel.For(0, files.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => BenchmarkVideos.Wait(Plain(["-threads", "1", "-i", files[i]], data, Path.Combine(raw, $"{i}.raw")))));
            Add(oneProcess, round, () => BenchmarkVideos.Wait(Plain(["-f", "concat", "-safe", "0", "-threads", $"{threads}", "-i", list], data, Path.Combine(raw, "all.raw"))));
            Directory.Delete(raw, recursive: true);
        }

        double best = Math.Min(Report.Median(perFile), Report.Median(oneProcess)), fastest = Math.Min(perFile.Min(), oneProcess.Min());
        Report.Line($"{data.Width}x{data.Height} {data.Color}, {files.Length} files, {frames} frames, {threads} threads, {rounds} rounds; frames a second, median (fastest)");
        Report.Line($"prepare {Rate(ours)}; ffmpeg, {threads} processes of one thread, a file each {Rate(perFile)}; ffmpeg, one process with {threads} threads {Rate(oneProcess)}");
        Report.Line($"prepare has {best / Report.Median(ours):P1} of the better one's speed (of the fastest {fastest / ours.Min():P1})");
        string Rate(List<double> seconds) => FormattableString.Invariant($"{frames / Report.Median(seconds):0} ({frames / seconds.Min():0})");
    }

    private static void Add(List<double> seconds, int round, Action work)
    {
        long started = Stopwatch.GetTimestamp();
        work();
        if (round >= 0)
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static Process Plain(string[] input, DataSpec data, string output) => BenchmarkVideos.Start(
        [.. input, "-vf", $"scale={data.Width}:{data.Height}:flags=area", "-f", "rawvideo", "-pix_fmt", data.Color == ColorMode.Rgb ? "rgb24" : "gray", "-y", output]);
}
