using LrcnLab.Core.Datasets;
using LrcnLab.Web.Features.Data;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class CardTextTests
{
    [Fact]
    public void Csv_OfProblems_QuotesAndDefusesFormulas()
    {
        string csv = CardText.Csv([new SampleProblem("=cmd|' /C calc'!A0", "says \"no\", twice"), new SampleProblem("a.mp4", "cut off")]);

        Assert.Equal("path,reason\n'=cmd|' /C calc'!A0,\"says \"\"no\"\", twice\"\na.mp4,cut off\n", csv);
    }

    [Fact]
    public void Csv_OfACard_HasEveryFigureOnce()
    {
        Sample sample = new() { Path = "p", Sha256 = "s", Label = 0, Split = Split.Train, Frames = 50, FrameRate = 25, Width = 320, Height = 240, Captions = ["one two"], Colors = new([0.25, 0.5, 1], [0.125, 0, 0]) };
        var manifest = new DatasetManifest { Name = "n", Layout = LayoutNames.Csv, Root = "/", Classes = ["a,b", "c"], Samples = [sample, sample with { Label = 1, Split = Split.Test }] };

        string[] lines = CardText.Csv(DataCard.Of(manifest)).Split('\n');

        Assert.Equal("figure,item,value", lines[0]);
        Assert.Contains("clips in train,\"a,b\",1", lines);
        Assert.Contains("clips in test,(all),1", lines);
        Assert.Contains("seconds,mean,2", lines);
        Assert.Contains("size,320x240,2", lines);
        Assert.Contains("aspect,4:3,2", lines);
        Assert.Contains("colour deviation,red,0.125", lines);
        Assert.Contains("identical samples,,1", lines);
        Assert.Contains("vocabulary,,2", lines);
        Assert.All(lines.Skip(1).SkipLast(1), l => Assert.True(double.TryParse(l[(l.LastIndexOf(',') + 1)..], out _)));
    }
}
