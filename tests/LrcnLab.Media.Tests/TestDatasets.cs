using LrcnLab.Core.Datasets;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Tests;

/// <summary>Small data sets of frame folders: frame <c>f</c> of video <c>v</c> is grey of brightness <c>40 v + 5 f</c>.</summary>
internal static class TestDatasets
{
    public static byte Brightness(int video, int frame) => (byte)(40 * video + 5 * frame);

    public static DatasetManifest Create(TemporaryFolder folder, int videos, int frames)
    {
        var samples = new List<Sample>();
        for (int v = 0; v < videos; v++)
        {
            for (int f = 0; f < frames; f++)
                folder.Write($"data/v{v}/f{f}.png", TestPictures.Grey(Brightness(v, f)));
            samples.Add(new Sample
            {
                Path = $"v{v}",
                Label = v % 2,
                Split = Split.Train,
                Frames = frames,
                FrameRate = 0,
                Width = 16,
                Height = 12,
                Sha256 = MediaFile.Sha256(folder.At("data", $"v{v}"), TestContext.Current.CancellationToken),
            });
        }

        return new DatasetManifest { Name = "test", Layout = "folder-per-class", Root = folder.At("data"), Classes = ["a", "b"], Samples = samples };
    }
}
