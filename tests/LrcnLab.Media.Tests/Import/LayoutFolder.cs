using LrcnLab.Core.Datasets;
using LrcnLab.Media.Import;

namespace LrcnLab.Media.Tests.Import;

/// <summary>A miniature of a published data set: tiny real videos and pictures, and lists as their publishers write them.</summary>
internal sealed class LayoutFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _written;

    public string Data => _folder.At("data");

    /// <summary>Motion-JPEG of 20 frames, two seconds, by whatever name: contents decide how a file is read.</summary>
    public LayoutFolder Video(params string[] paths)
    {
        foreach (string path in paths)
            _folder.Write($"data/{path}", TestVideos.Avi([.. Enumerable.Range(0, 20).Select(f => (10 * f + _written) % 256)]));
        _written++;
        return this;
    }

    public LayoutFolder Picture(params string[] paths)
    {
        foreach (string path in paths)
            _folder.Write($"data/{path}", TestPictures.Grey((byte)(7 * _written++ % 256), SkiaSharp.SKEncodedImageFormat.Jpeg));
        return this;
    }

    public LayoutFolder Text(string path, string text)
    {
        _folder.Write($"data/{path}", text);
        return this;
    }

    public string At(params string[] parts) => _folder.At(parts);

    /// <summary>Imports, and sees that the preview had told the same.</summary>
    public DatasetManifest Import(ImportOptions? options = null, string? path = null)
    {
        options ??= new ImportOptions();
        CancellationToken ct = TestContext.Current.CancellationToken;
        ImportPreview preview = DatasetImporter.Preview(path ?? Data, options, ct);
        ImportResult result = DatasetImporter.Import(path ?? Data, "test", _folder.At("out"), options, null, ct);
        Assert.Null(result.Refusal);
        DatasetManifest manifest = result.Manifest!;
        Assert.Null(preview.Refusal);
        Assert.Equal((manifest.Layout, manifest.Samples.Count), (preview.Layout, preview.Samples));
        Assert.Equal(manifest.Classes, preview.Classes.Select(c => c.Name));
        Assert.Equal(Splits(manifest), new[] { preview.Train, preview.Validation, preview.Test });
        Assert.Equal(manifest.Problems.Count, preview.ProblemCount);
        Assert.EndsWith(".", preview.Explanation, StringComparison.Ordinal);
        return manifest;
    }

    public ImportPreview Preview(ImportOptions? options = null) => DatasetImporter.Preview(Data, options ?? new ImportOptions(), TestContext.Current.CancellationToken);

    public static int[] Splits(DatasetManifest manifest) => [.. Enum.GetValues<Split>().Select(split => manifest.Samples.Count(s => s.Split == split))];

    /// <summary>One line a sample: path, class, split, recording, cut.</summary>
    public static string[] Lines(DatasetManifest manifest) =>
        [.. manifest.Samples.Select(s => FormattableString.Invariant($"{s.Path} {(s.Label < 0 ? "-" : manifest.Classes[s.Label])} {s.Split} {(s.Group.Length == 0 ? "-" : s.Group)}{(s.Start is null && s.End is null ? "" : $" {s.Start}-{s.End}")}"))];

    public void Dispose() => _folder.Dispose();
}
