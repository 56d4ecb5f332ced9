using LrcnLab.Core.Datasets;

namespace LrcnLab.Core.Tests.Datasets;

/// <summary>Manifests for tests.</summary>
internal static class TestManifest
{
    /// <summary>Classes left, right and up; of each four samples in train, then one in validation and one in test, every one a file of its own.</summary>
    public static DatasetManifest Create()
    {
        string[] classes = ["left", "right", "up"];
        return Of(classes, [.. classes.SelectMany((_, label) => Enumerable.Range(0, 6).Select(i => Sample($"{classes[label]}/{i}.avi", label, i < 4 ? Split.Train : i == 4 ? Split.Validation : Split.Test)))]);
    }

    public static DatasetManifest Of(IReadOnlyList<string> classes, IReadOnlyList<Sample> samples) => new() { Name = "gestures", Layout = LayoutNames.Csv, Root = "/data/gestures", Classes = classes, Samples = samples };

    public static Sample Sample(string path, int label, Split split) => new()
    {
        Path = path,
        Label = label,
        Split = split,
        Frames = 30,
        FrameRate = 25,
        Width = 64,
        Height = 48,
        // As good as a hash where only equality counts.
        Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(path))),
    };
}
