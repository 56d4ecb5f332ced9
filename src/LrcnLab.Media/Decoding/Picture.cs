using System.Runtime.InteropServices;
using SkiaSharp;

namespace LrcnLab.Media.Decoding;

/// <summary>A decoded picture: RGBA, 4 bytes a pixel, rows without gaps, upright; what is transparent is black.</summary>
internal sealed record Picture(byte[] Rgba, int Width, int Height)
{
    /// <summary>Decodes JPEG, PNG, WebP, BMP or the first frame of a GIF.</summary>
    /// <exception cref="MediaException">No picture, or an incomplete one.</exception>
    public static Picture Decode(byte[] encoded, string path)
    {
        using SKData data = SKData.CreateCopy(encoded);
        using SKCodec codec = Open(data, path);
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        byte[] pixels = new byte[info.BytesSize];
        Check(Pixels(codec, info, pixels, SKCodecOptions.Default), path);
        return Upright(new Picture(pixels, info.Width, info.Height), codec.EncodedOrigin);
    }

    /// <summary>Width and height as shown, from the head of the file alone.</summary>
    public static (int Width, int Height) Size(string path)
    {
        using SKData data = SKData.CreateCopy(ReadFile(path));
        using SKCodec codec = Open(data, path);
        return Sideways(codec.EncodedOrigin) ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
    }

    public static byte[] ReadFile(string path)
    {
        long bytes = MediaFile.Length(path);
        if (bytes == 0 && File.Exists(path))
            throw new MediaException($"{path} is empty (0 bytes).");
        if (bytes > MediaLimits.MaxPictureBytes)
            throw new MediaException($"{path} has {bytes:N0} bytes; a picture may have at most {MediaLimits.MaxPictureBytes:N0}.");
        return File.ReadAllBytes(path);
    }

    public static SKCodec Open(SKData data, string path)
    {
        SKCodec codec = SKCodec.Create(data) ?? throw new MediaException($"{path} holds no picture that can be read: its data is damaged.");
        MediaLimits.CheckSize(path, codec.Info.Width, codec.Info.Height);
        return codec;
    }

    public static SKCodecResult Pixels(SKCodec codec, SKImageInfo info, byte[] rgba, SKCodecOptions options)
    {
        GCHandle pinned = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            return codec.GetPixels(info, pinned.AddrOfPinnedObject(), info.RowBytes, options);
        }
        finally
        {
            pinned.Free();
        }
    }

    public static void Check(SKCodecResult result, string path)
    {
        if (result == SKCodecResult.IncompleteInput)
            throw new MediaException($"{path} is cut off: a picture in it ends too early.");
        if (result != SKCodecResult.Success)
            throw new MediaException($"{path} holds a picture that cannot be decoded ({result}).");
    }

    private static bool Sideways(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>Cameras store pictures as the sensor lay and note the turn in EXIF.</summary>
    private static Picture Upright(Picture picture, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default)
            return picture;
        (int w, int h) = (picture.Width, picture.Height);
        (int width, int height) = Sideways(origin) ? (h, w) : (w, h);
        byte[] turned = new byte[picture.Rgba.Length];
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<byte, uint>(picture.Rgba.AsSpan());
        Span<uint> to = MemoryMarshal.Cast<byte, uint>(turned.AsSpan());
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                to[y * width + x] = origin switch
                {
                    SKEncodedOrigin.TopRight => from[y * w + (w - 1 - x)],
                    SKEncodedOrigin.BottomRight => from[(h - 1 - y) * w + (w - 1 - x)],
                    SKEncodedOrigin.BottomLeft => from[(h - 1 - y) * w + x],
                    SKEncodedOrigin.LeftTop => from[x * w + y],
                    SKEncodedOrigin.RightTop => from[(h - 1 - x) * w + y],
                    SKEncodedOrigin.RightBottom => from[(h - 1 - x) * w + (w - 1 - y)],
                    _ => from[x * w + (w - 1 - y)],
                };
            }
        }

        return new Picture(turned, width, height);
    }
}
