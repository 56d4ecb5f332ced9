using System.Diagnostics;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Writing;
using SkiaSharp;

namespace LrcnLab.Media.Tests;

/// <summary>Small videos whose frames tell which they are.</summary>
internal static class TestVideos
{
    /// <summary>Motion-JPEG, 16x12, 10 frames a second, one grey brightness a frame; a negative one repeats the frame before.</summary>
    public static byte[] Avi(params int[] brightness) =>
        AviWriter.Write(16, 12, 10, [.. brightness.Select(b => b < 0 ? [] : TestPictures.Grey((byte)b, SKEncodedImageFormat.Jpeg))]);

    /// <summary>64x48, 25 frames a second; frame <c>n</c> has brightness <c>first + 9 n</c>. Skips the test where ffmpeg is missing.</summary>
    public static string Encode(string path, int first, int frames, params string[] options)
    {
        Assert.SkipWhen(Ffmpeg.Installed is null, "ffmpeg is not installed");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Run(["-f", "lavfi", "-i", $"color=black:s=64x48:r=25,format=gray,geq=lum='{first}+9*N'", "-frames:v", $"{frames}", "-q:v", "1", .. options, path]);
        return path;
    }

    /// <summary>Starts ffmpeg, which must be installed.</summary>
    public static void Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Ffmpeg.Installed!.Decoder, ["-nostdin", "-v", "error", .. arguments]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
