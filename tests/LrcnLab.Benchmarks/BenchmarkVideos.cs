using System.Diagnostics;
using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Import;

namespace LrcnLab.Benchmarks;

/// <summary>Videos for the benchmarks: H.264 of the size of UCF101's, with detail and noise, or a folder that was named.</summary>
internal static class BenchmarkVideos
{
    private const int Clips = 48, Frames = 200;

    public static DatasetManifest Manifest(string? videos, string folder)
    {
        if (videos is null)
        {
            videos = Path.Combine(folder, "videos");
            for (int i = 0; i < Clips; i++)
                Encode(Path.Combine(videos, i % 2 == 0 ? "a" : "b", $"clip{i:D2}.mp4"), i);
        }

        return DatasetImporter.Import(videos, "benchmark", Path.Combine(folder, "dataset"), null, CancellationToken.None).Manifest ?? throw new InvalidDataException($"{videos} cannot be read.");
    }

    /// <summary>Starts ffmpeg with these arguments.</summary>
    public static Process Start(IEnumerable<string> arguments)
    {
        string decoder = (Ffmpeg.Installed ?? throw new InvalidOperationException("ffmpeg is not installed.")).Decoder;
        return Process.Start(new ProcessStartInfo(decoder, ["-nostdin", "-v", "error", .. arguments]) { RedirectStandardInput = true })!;
    }

    public static void Wait(Process process)
    {
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg ended with {process.ExitCode}.");
        process.Dispose();
    }

    private static void Encode(string path, int seed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string picture = seed % 2 == 0 ? $"testsrc2=s=320x240:r=25,hue=h={seed * 7}" : $"mandelbrot=s=320x240:r=25:start_scale=0.{1 + seed % 5}";
        Wait(Start(["-f", "lavfi", "-i", $"{picture},noise=alls=12:allf=t:all_seed={seed}", "-frames:v", $"{Frames}", "-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-pix_fmt", "yuv420p", path]));
    }
}
