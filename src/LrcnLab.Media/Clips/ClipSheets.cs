using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Import;
using LrcnLab.Media.Prepared;

namespace LrcnLab.Media.Clips;

/// <summary>Clips as training reads them, each as one picture with its frames side by side: <c>000012-16.png</c> has 16 frames of sample 12.</summary>
public static class ClipSheets
{
    /// <summary>Longer clips show this many of their frames, spread evenly.</summary>
    public const int MaxFrames = 64;

    /// <param name="manifest">The data-set version.</param>
    /// <param name="spec">What is read and how it is changed; its training seed decides the chance.</param>
    /// <param name="draw">Which samples, and which draw of them.</param>
    /// <param name="preparedRoot">Folder of prepared frames, which are used when this version has them at this size; else just these samples are decoded.</param>
    /// <param name="output">Receives the pictures; created when missing.</param>
    /// <param name="progress">Frames done and to do while samples are decoded.</param>
    /// <param name="ct">Cancels between clips and within decoding.</param>
    /// <param name="prepare">Makes frames of samples in a folder and names the one to open, where they are not simply decoded.</param>
    /// <exception cref="MediaException">A file is gone, changed or broken.</exception>
    public static void Write(DatasetManifest manifest, RunSpec spec, ClipDraw draw, string? preparedRoot, string output, Action<long, long>? progress, CancellationToken ct, Func<DatasetManifest, string, string>? prepare = null)
    {
        prepare ??= (some, folder) => FramePreparer.Prepare(some, spec.Data, folder, progress, ct);
        Directory.CreateDirectory(output);
        int[] samples = [.. draw.Samples.Distinct().Order()];
        if (OpenPrepared(manifest, spec.Data, preparedRoot) is { } prepared)
        {
            using (prepared)
                Write(prepared, manifest, spec, draw, samples, output, ct);
            return;
        }

        string folder = Path.Combine(output, "frames.tmp");
        try
        {
            DatasetManifest some = manifest with { Samples = [.. samples.Select(s => manifest.Samples[s])] };
            using PreparedFrames frames = PreparedFrames.OpenSome(prepare(some, folder), samples, manifest.Samples.Count);
            Write(frames, manifest, spec, draw, samples, output, ct);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Name of the picture of a sample.</summary>
    public static string FileName(int sample, int frames) => string.Create(CultureInfo.InvariantCulture, $"{sample:D6}-{frames}.png");

    /// <returns>Null when there are none, or they are damaged.</returns>
    private static PreparedFrames? OpenPrepared(DatasetManifest manifest, DataSpec data, string? preparedRoot)
    {
        if (preparedRoot is null || FramePreparer.Folder(manifest, data, preparedRoot) is not { } folder || !Directory.Exists(folder))
            return null;
        try
        {
            return PreparedFrames.Open(folder);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null;
        }
    }

    private static void Write(PreparedFrames frames, DatasetManifest manifest, RunSpec spec, ClipDraw draw, int[] samples, string output, CancellationToken ct)
    {
        var reader = new ClipReader(frames, manifest, spec.Data, spec.Augmentation, spec.Training.Seed);
        byte[] clip = new byte[reader.ClipBytes];
        foreach (int sample in samples)
        {
            ct.ThrowIfCancellationRequested();
            int length = reader.Read(sample, draw.Epoch, place: 0.5, clip);
            Span<byte> read = clip.AsSpan(0, length * frames.FrameBytes);
            if (draw.Normalized)
                NormalizedView.Apply(read, length, spec.Data.Normalization);
            byte[][] shown = Rgb(read, length, frames);
            // Under another name first, so that nobody sees half a picture.
            string file = Path.Combine(output, FileName(sample, shown.Length));
            File.WriteAllBytes(file + ".tmp", PreviewSheet.EncodeExactly(shown, new FrameFormat(frames.Width, frames.Height, ColorMode.Rgb)));
            File.Move(file + ".tmp", file, overwrite: true);
        }
    }

    /// <summary>Frames of three planes, whatever the clip has.</summary>
    private static byte[][] Rgb(ReadOnlySpan<byte> clip, int length, PreparedFrames frames)
    {
        byte[][] shown = new byte[Math.Min(length, MaxFrames)][];
        for (int i = 0; i < shown.Length; i++)
        {
            ReadOnlySpan<byte> frame = clip.Slice((int)((i + 0.5) * length / shown.Length) * frames.FrameBytes, frames.FrameBytes);
            shown[i] = frames.Channels == 3 ? frame.ToArray() : [.. frame, .. frame, .. frame];
        }

        return shown;
    }
}

/// <param name="Samples">Indices into the manifest's samples.</param>
/// <param name="Epoch">Decides chance together with the seed; null for the clip that evaluation reads, without chance.</param>
/// <param name="Normalized">Shows values after normalisation.</param>
public sealed record ClipDraw(IReadOnlyList<int> Samples, int? Epoch, bool Normalized = false);
