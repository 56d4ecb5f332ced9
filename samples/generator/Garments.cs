using System.Buffers.Binary;
using System.IO.Compression;

namespace LrcnLab.Samples.Generator;

/// <summary>One photograph of Fashion-MNIST: 28x28, 0 is the background.</summary>
internal sealed record Garment(byte[] Pixels, int Kind)
{
    public const int Size = 28;

    /// <summary>Bilinear, 0 to 1; <paramref name="x"/> and <paramref name="y"/> in pixels from the upper left corner.</summary>
    public double At(double x, double y)
    {
        (x, y) = (x - 0.5, y - 0.5);
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        double u = x - left, v = y - top;
        return ((1 - v) * ((1 - u) * Pixel(left, top) + u * Pixel(left + 1, top)) + v * ((1 - u) * Pixel(left, top + 1) + u * Pixel(left + 1, top + 1))) / 255;
    }

    private int Pixel(int x, int y) => x is >= 0 and < Size && y is >= 0 and < Size ? Pixels[y * Size + x] : 0;
}

/// <summary>Reads the IDX files of Fashion-MNIST as Debian's package <c>dataset-fashion-mnist</c> installs them.</summary>
internal static class Garments
{
    /// <summary>Dark garments hardly show on dark backgrounds: only those are taken whose mean brightness reaches this.</summary>
    private const double LeastBrightness = 50;

    /// <param name="folder">Holds <c>train-images-idx3-ubyte.gz</c> and its neighbours.</param>
    /// <param name="part"><c>train</c> or <c>t10k</c>.</param>
    public static List<Garment> Read(string folder, string part)
    {
        byte[] images = Unpack(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz")), labels = Unpack(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"));
        int count = BinaryPrimitives.ReadInt32BigEndian(images.AsSpan(4)), size = Garment.Size * Garment.Size;
        return [.. Enumerable.Range(0, count)
            .Select(i => new Garment(images[(16 + i * size)..(16 + (i + 1) * size)], labels[8 + i]))
            .Where(g => g.Pixels.Average(p => p) >= LeastBrightness)];
    }

    private static byte[] Unpack(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }
}
