using LrcnLab.Core.Datasets;
using LrcnLab.Media.Import;

namespace LrcnLab.Media.Tests.Import;

/// <summary>What is told of real data sets before anything is decoded.</summary>
public sealed class RealDataPreviewTests
{
    private static ImportPreview Preview(string path)
    {
        ImportPreview preview = DatasetImporter.Preview(path, new ImportOptions(), TestContext.Current.CancellationToken);
        Assert.Null(preview.Refusal);
        Assert.Empty(preview.Problems);
        Assert.True(preview.OfficialSplits);
        return preview;
    }

    [Fact]
    public void Preview_OfGrid_CountsItsWords()
    {
        ImportPreview preview = Preview(Repository.RealData("grid"));
        Assert.Equal((LayoutNames.Csv, 2718, 906), (preview.Layout, preview.Samples, preview.Files));
        Assert.Equal((12, 2439, 279, 0), (preview.Classes.Count, preview.Train, preview.Validation, preview.Test));
    }

    [Fact]
    public void Preview_OfGridsSentences_HasNoClasses()
    {
        ImportPreview preview = Preview(Path.Combine(Repository.RealData("grid"), "sentences.csv"));
        Assert.Equal((LayoutNames.Csv, 906, 906, 0), (preview.Layout, preview.Samples, preview.Captions, preview.Classes.Count));
        Assert.Equal((813, 93), (preview.Train, preview.Validation));
    }

    [Fact]
    public void Preview_OfFlickr8k_HasItsPublishedSplits()
    {
        ImportPreview preview = Preview(Repository.RealData("flickr8k"));
        Assert.Equal((LayoutNames.Flickr, 7000, 35_000, 0), (preview.Layout, preview.Samples, preview.Captions, preview.Classes.Count));
        Assert.Equal((6000, 1000), (preview.Train, preview.Validation));
    }

    [Fact]
    public void Preview_OfNlvr_HasOneSentenceAPicture()
    {
        ImportPreview preview = Preview(Repository.RealData("nlvr"));
        Assert.Equal((LayoutNames.Csv, 1103, 1103, 1103), (preview.Layout, preview.Samples, preview.Files, preview.Captions));
    }
}
