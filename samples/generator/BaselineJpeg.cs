namespace LrcnLab.Samples.Generator;

/// <summary>
/// JPEG as Motion-JPEG in AVI wants it (ITU-T T.81, baseline, 4:2:0): standard Huffman tables, and those left out of the file.
/// Library encoders compute tables for each picture, which are larger than what they save on pictures this small.
/// </summary>
internal static class BaselineJpeg
{
    private static readonly byte[] ZigZag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>Table K.1.</summary>
    private static readonly byte[] LuminanceSteps =
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];

    /// <summary>Table K.2.</summary>
    private static readonly byte[] ChrominanceSteps =
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    /// <param name="rgb">3 bytes a pixel.</param>
    /// <param name="width">A multiple of 16.</param>
    /// <param name="height">A multiple of 16.</param>
    /// <param name="quality">1 to 100, as libjpeg counts.</param>
    public static byte[] Encode(byte[] rgb, int width, int height, int quality)
    {
        int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        int[] luminance = Steps(LuminanceSteps, scale), chrominance = Steps(ChrominanceSteps, scale);
        double[] y = Plane(rgb, 0.299, 0.587, 0.114), cb = Half(Plane(rgb, -0.168736, -0.331264, 0.5), width, height), cr = Half(Plane(rgb, 0.5, -0.418688, -0.081312), width, height);
        for (int i = 0; i < y.Length; i++)
            y[i] -= 128;

        var bits = new HuffmanWriter();
        int lastY = 0, lastCb = 0, lastCr = 0;
        for (int row = 0; row < height; row += 16)
        {
            for (int column = 0; column < width; column += 16)
            {
                for (int block = 0; block < 4; block++)
                    bits.Block(Transform(y, width, column + 8 * (block & 1), row + 8 * (block >> 1), luminance), ref lastY, chrominance: false);
                bits.Block(Transform(cb, width / 2, column / 2, row / 2, chrominance), ref lastCb, chrominance: true);
                bits.Block(Transform(cr, width / 2, column / 2, row / 2, chrominance), ref lastCr, chrominance: true);
            }
        }

        return
        [
            0xFF, 0xD8,
            0xFF, 0xDB, 0, 132, 0, .. ZigZag.Select(i => (byte)luminance[i]), 1, .. ZigZag.Select(i => (byte)chrominance[i]),
            0xFF, 0xC0, 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
            0xFF, 0xDA, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0,
            .. bits.Finish(),
            0xFF, 0xD9,
        ];
    }

    private static int[] Steps(byte[] table, int scale) => [.. table.Select(s => Math.Clamp((s * scale + 50) / 100, 1, 255))];

    private static double[] Plane(byte[] rgb, double red, double green, double blue)
    {
        double[] plane = new double[rgb.Length / 3];
        for (int i = 0; i < plane.Length; i++)
            plane[i] = red * rgb[3 * i] + green * rgb[3 * i + 1] + blue * rgb[3 * i + 2];
        return plane;
    }

    private static double[] Half(double[] plane, int width, int height)
    {
        double[] half = new double[plane.Length / 4];
        for (int y = 0; y < height; y += 2)
        {
            for (int x = 0; x < width; x += 2)
                half[y / 2 * (width / 2) + x / 2] = (plane[y * width + x] + plane[y * width + x + 1] + plane[(y + 1) * width + x] + plane[(y + 1) * width + x + 1]) / 4;
        }

        return half;
    }

    /// <summary>Discrete cosine transform of one 8x8 block (A.3.3), divided by the steps, in zig-zag order.</summary>
    private static int[] Transform(double[] plane, int stride, int left, int top, int[] steps)
    {
        double[] rows = new double[64];
        for (int y = 0; y < 8; y++)
        {
            for (int u = 0; u < 8; u++)
            {
                for (int x = 0; x < 8; x++)
                    rows[y * 8 + u] += plane[(top + y) * stride + left + x] * Cosine[x * 8 + u];
            }
        }

        int[] coefficients = new int[64];
        for (int i = 0; i < 64; i++)
        {
            int u = ZigZag[i] & 7, v = ZigZag[i] >> 3;
            double sum = 0;
            for (int y = 0; y < 8; y++)
                sum += rows[y * 8 + u] * Cosine[y * 8 + v];
            coefficients[i] = (int)Math.Round(sum / steps[ZigZag[i]]);
        }

        return coefficients;
    }

    private static readonly double[] Cosine =
        [.. Enumerable.Range(0, 64).Select(i => 0.5 * (i % 8 == 0 ? Math.Sqrt(0.5) : 1) * Math.Cos((2 * (i / 8) + 1) * (i % 8) * Math.PI / 16))];
}
