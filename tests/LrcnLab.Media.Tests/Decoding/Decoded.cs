using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Tests.Decoding;

/// <summary>Reads a source in grey at a small size.</summary>
internal static class Decoded
{
    public static readonly FrameFormat Format = new(16, 12, ColorMode.Gray);

    public static VideoSource Open(string path) => VideoDecoder.Open(path, ct: TestContext.Current.CancellationToken);

    /// <summary>The mean brightness of each frame.</summary>
    public static int[] Brightness(string path)
    {
        var means = new List<int>();
        CancellationToken ct = TestContext.Current.CancellationToken;
        int frames = Open(path).Read(Format, (index, frame) =>
        {
            Assert.Equal(means.Count, index);
            means.Add((int)Math.Round(frame.ToArray().Average(v => v)));
            return true;
        }, ct);
        Assert.Equal(means.Count, frames);
        return [.. means];
    }

    public static void AssertClose(int[] expected, int[] actual, int tolerance = 2)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"Frame {i} is {actual[i]} instead of {expected[i]}: [{string.Join(", ", actual)}]");
    }

    /// <summary>The message of the refusal, which must name the file.</summary>
    public static string Refusal(string path)
    {
        string message = Assert.Throws<MediaException>(() => Brightness(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        return message;
    }
}
