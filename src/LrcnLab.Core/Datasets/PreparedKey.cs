using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Datasets;

/// <summary>Values of each frame instead of pixels.</summary>
/// <param name="Content">Lower-case hex SHA-256 over what computes them, and of which frames.</param>
/// <param name="Values">F: float32 values of a frame.</param>
public sealed record FeatureKey(string Content, int Values);

/// <summary>What decides the content of prepared frames. Runs with the same key share one folder; clip length, sampling, labels and splits do not count.</summary>
/// <param name="Source">Lower-case hex SHA-256 over the content and cuts of all samples, in their order.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Color">Decides the channels.</param>
/// <param name="FrameRate">Frames a second; 0 for as recorded.</param>
/// <param name="Fit">How frames of another shape come to this size.</param>
public sealed record PreparedKey(string Source, int Width, int Height, ColorMode Color, double FrameRate, FrameFit Fit)
{
    /// <summary>Null for pixels.</summary>
    public FeatureKey? Features { get; init; }

    /// <summary>Bytes of one frame: C * H * W, or four a value.</summary>
    public int FrameBytes => Features is { } features ? checked(sizeof(float) * features.Values) : checked(Width * Height * (Color == ColorMode.Gray ? 1 : 3));

    /// <summary>Name of the folder: every part of the key, the hash shortened.</summary>
    public string FolderName =>
        $"{Source[..32]}-{Width}x{Height}-{Color.ToString().ToLowerInvariant()}"
        + (FrameRate > 0 ? $"-{FrameRate.ToString("0.###", CultureInfo.InvariantCulture)}fps" : "")
        + (Fit == FrameFit.Stretch ? "" : $"-{Fit.ToString().ToLowerInvariant()}")
        + (Features is null ? "" : $"-features-{Features.Content[..16]}");

    /// <param name="manifest">The data-set version; versions that differ in labels or splits only have the same key.</param>
    /// <param name="data">Its size, colour, rate and fit count.</param>
    public static PreparedKey Of(DatasetManifest manifest, DataSpec data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Sample s in manifest.Samples)
            hash.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new object?[] { s.Sha256, s.Start, s.Frames, s.FrameRate }, LabJson.Options)));
        return new PreparedKey(Convert.ToHexStringLower(hash.GetHashAndReset()), data.Width, data.Height, data.Color, data.FrameRate, data.Fit);
    }
}
