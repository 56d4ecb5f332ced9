using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;
using SkiaSharp;

namespace LrcnLab.Media.Import;

/// <summary>
/// The frames of a sample side by side in one JPEG, which a page can animate without decoding video.
/// A sheet has <c>min(16, frames)</c> frames of equal width.
/// </summary>
internal static class PreviewSheet
{
    private const int MaxHeight = 96, MaxWidth = 256, Quality = 60;

    /// <summary>The size of a preview's frames: at most 96 px high and 256 px wide, never enlarged.</summary>
    public static FrameFormat Format(int width, int height)
    {
        double scale = Math.Min(1, Math.Min((double)MaxHeight / height, (double)MaxWidth / width));
        return new FrameFormat(Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)), ColorMode.Rgb);
    }

    /// <param name="frames">Planar RGB of this format.</param>
    /// <param name="format">Their size.</param>
    /// <returns>The encoded picture.</returns>
    public static byte[] Encode(IReadOnlyList<byte[]> frames, FrameFormat format) => Encode(frames, format, SKEncodedImageFormat.Jpeg);

    /// <summary>As <see cref="Encode(IReadOnlyList{byte[]}, FrameFormat)"/>, as a PNG: every pixel stays what it is.</summary>
    public static byte[] EncodeExactly(IReadOnlyList<byte[]> frames, FrameFormat format) => Encode(frames, format, SKEncodedImageFormat.Png);

    private static byte[] Encode(IReadOnlyList<byte[]> frames, FrameFormat format, SKEncodedImageFormat kind)
    {
        var info = new SKImageInfo(format.Width * frames.Count, format.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        byte[] pixels = new byte[info.BytesSize];
        int plane = format.Width * format.Height;
        for (int f = 0; f < frames.Count; f++)
        {
            byte[] frame = frames[f];
            for (int i = 0; i < plane; i++)
            {
                int at = (i / format.Width * info.Width + f * format.Width + i % format.Width) * 4;
                (pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]) = (frame[i], frame[plane + i], frame[2 * plane + i], 255);
            }
        }

        using SKImage sheet = SKImage.FromPixelCopy(info, pixels, info.RowBytes);
        using SKData data = sheet.Encode(kind, Quality);
        return data.ToArray();
    }
}
