using SkiaSharp;

namespace LrcnLab.Media.Tests;

/// <summary>Pictures whose content tells which they are.</summary>
internal static class TestPictures
{
    /// <summary>One colour all over.</summary>
    public static SKBitmap Plain(int width, int height, byte red, byte green, byte blue)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(new SKColor(red, green, blue));
        return bitmap;
    }

    public static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format, int quality = 95)
    {
        using SKData data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>A grey picture of this brightness.</summary>
    public static byte[] Grey(byte value, SKEncodedImageFormat format = SKEncodedImageFormat.Png, int width = 16, int height = 12)
    {
        using SKBitmap bitmap = Plain(width, height, value, value, value);
        return Encode(bitmap, format);
    }
}
