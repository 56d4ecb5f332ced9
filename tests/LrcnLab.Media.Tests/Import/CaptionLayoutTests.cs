using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Tests.Import;

/// <summary>Pictures and videos with sentences as they are published.</summary>
public sealed class CaptionLayoutTests : IDisposable
{
    private readonly LayoutFolder _set = new();

    public void Dispose() => _set.Dispose();

    private DatasetManifest Captioned(string layout)
    {
        DatasetManifest manifest = _set.Import();
        Assert.Equal(layout, manifest.Layout);
        Assert.Empty(manifest.Classes);
        Assert.All(manifest.Samples, s => Assert.Equal(-1, s.Label));
        return manifest;
    }

    private static string[] Captions(DatasetManifest manifest, string name) => [.. manifest.Samples.Single(s => s.Path.EndsWith(name, StringComparison.Ordinal)).Captions];

    [Fact]
    public void Coco_TrainAndVal_AreReadTogether()
    {
        _set.Picture("train2014/COCO_train2014_000000143952.jpg", "train2014/COCO_train2014_000000143953.jpg", "val2014/COCO_val2014_000000000042.jpg");
        _set.Text("annotations/captions_train2014.json", """
            {"info":{"year":2014},"images":[{"license":3,"file_name":"COCO_train2014_000000143952.jpg","id":143952},{"file_name":"COCO_train2014_000000143953.jpg","id":143953},{"file_name":"COCO_train2014_000000000001.jpg","id":1}],
             "licenses":[],"annotations":[{"image_id":143952,"id":48,"caption":"A very clean bathroom"},{"image_id":143952,"id":49,"caption":"A bathroom "},{"image_id":143953,"id":50,"caption":"A dog"},{"image_id":1,"id":51,"caption":"x"}]}
            """);
        _set.Text("annotations/captions_val2014.json", """{"annotations":[{"image_id":42,"id":1,"caption":"A cat"}],"images":[{"file_name":"COCO_val2014_000000000042.jpg","id":42}]}""");
        _set.Text("annotations/instances_val2014.json", """{"images":[{"file_name":"COCO_val2014_000000000042.jpg","id":42}],"annotations":[{"image_id":42,"bbox":[1,2,3,4]}]}""");
        DatasetManifest manifest = Captioned(LayoutNames.Coco);

        Assert.Equal(["train2014/COCO_train2014_000000143952.jpg - Train -", "train2014/COCO_train2014_000000143953.jpg - Train -", "val2014/COCO_val2014_000000000042.jpg - Validation -"], LayoutFolder.Lines(manifest));
        Assert.Equal(["A very clean bathroom", "A bathroom"], Captions(manifest, "143952.jpg"));
        Assert.Equal("COCO_train2014_000000000001.jpg", Assert.Single(manifest.Problems).Path);
    }

    [Fact]
    public void Flickr8k_TokensAndLists_AreRead()
    {
        _set.Picture("Images/1000268201_693b08cb0e.jpg", "Images/1001773457_577c3a7d70.jpg", "Images/1002674143_1b742ab4b8.jpg", "Images/9.jpg");
        _set.Text("Flickr8k.token.txt", "1000268201_693b08cb0e.jpg#0\tA child in a pink dress .\n1000268201_693b08cb0e.jpg#1\tA girl .\n1001773457_577c3a7d70.jpg#0 A black dog .\n1002674143_1b742ab4b8.jpg#0\tA painter .\n9.jpg#0\tNobody lists me .\n");
        _set.Text("Flickr_8k.trainImages.txt", "1000268201_693b08cb0e.jpg\n").Text("Flickr_8k.devImages.txt", "1001773457_577c3a7d70.jpg\n").Text("Flickr_8k.testImages.txt", "1002674143_1b742ab4b8.jpg\n");
        DatasetManifest manifest = Captioned(LayoutNames.Flickr);

        Assert.Equal([1, 1, 1], LayoutFolder.Splits(manifest));
        Assert.Equal(["A child in a pink dress .", "A girl ."], Captions(manifest, "693b08cb0e.jpg"));
        Assert.Equal(["A black dog ."], Captions(manifest, "577c3a7d70.jpg"));
        Assert.Equal("1 pictures with sentences are in none of the lists of splits and were left out.", Assert.Single(manifest.Problems).Reason);
    }

    [Fact]
    public void Flickr_TablesOfKaggle_AreRead()
    {
        _set.Picture([.. Enumerable.Range(0, 10).Select(i => $"Images/p{i}.jpg")]);
        _set.Text("captions.txt", "image,caption\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"p{i}.jpg,\"A child, number {i} .\"\n")));
        DatasetManifest manifest = Captioned(LayoutNames.Flickr);
        Assert.Equal(["A child, number 3 ."], Captions(manifest, "p3.jpg"));
        Assert.Equal([8, 2, 0], LayoutFolder.Splits(manifest));

        _set.Text("captions.txt", "image_name| comment_number| comment\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"p{i}.jpg| 0| Two men, {i} | .\n")) + "p1.jpg| 4   A dog runs\n");
        manifest = Captioned(LayoutNames.Flickr);
        Assert.Equal(["Two men, 3 | ."], Captions(manifest, "p3.jpg"));
        Assert.Single(manifest.Problems);
    }

    [Fact]
    public void Karpathy_Restval_Trains()
    {
        _set.Picture("val2014/COCO_val2014_000000000001.jpg", "val2014/COCO_val2014_000000000002.jpg", "train2014/COCO_train2014_000000000003.jpg");
        _set.Text("dataset_coco.json", """
            {"images":[{"filepath":"val2014","sentids":[1],"filename":"COCO_val2014_000000000001.jpg","imgid":0,"split":"restval","sentences":[{"tokens":["a","man"],"raw":"A man with a red helmet","imgid":0,"sentid":1}],"cocoid":391895},
             {"filepath":"val2014","filename":"COCO_val2014_000000000002.jpg","split":"val","sentences":[{"tokens":["a","dog"]}]},{"filepath":"train2014","filename":"COCO_train2014_000000000003.jpg","split":"test","sentences":[{"raw":"A cat"}]}],"dataset":"coco"}
            """);
        DatasetManifest manifest = Captioned(LayoutNames.Karpathy);

        Assert.Equal(["train2014/COCO_train2014_000000000003.jpg - Test -", "val2014/COCO_val2014_000000000001.jpg - Train -", "val2014/COCO_val2014_000000000002.jpg - Validation -"], LayoutFolder.Lines(manifest));
        Assert.Equal(["a dog"], Captions(manifest, "2.jpg"));
    }

    [Fact]
    public void MsrVtt_KeysWithBlanks_AreNoCuts()
    {
        _set.Video("TrainValVideo/video0.mp4", "TrainValVideo/video1.mp4", "TestVideo/video2.mp4");
        _set.Text("videodatainfo_2017.json", """
            {"info":{},"videos":[{"category":9,"video_id":"video0","start time":137.72,"end time":149.44,"split":"train","id":0},{"video_id":"video1","split":"validate"},{"video_id":"video2","split":"test"},{"video_id":"video3","split":"test"}],
             "sentences":[{"caption":"a car is shown","video_id":"video0","sen_id":0},{"caption":"a red car","video_id":"video0","sen_id":1},{"caption":"a man","video_id":"video1"},{"caption":"a woman","video_id":"video2"},{"caption":"x","video_id":"video3"}]}
            """);
        DatasetManifest manifest = Captioned(LayoutNames.MsrVtt);

        Assert.Equal(["TestVideo/video2.mp4 - Test -", "TrainValVideo/video0.mp4 - Train -", "TrainValVideo/video1.mp4 - Validation -"], LayoutFolder.Lines(manifest));
        Assert.Equal(["a car is shown", "a red car"], Captions(manifest, "video0.mp4"));
        Assert.Equal("video3", Assert.Single(manifest.Problems).Path);
    }

    [Fact]
    public void Msvd_LinesAndLists_AreRead()
    {
        _set.Video("YouTubeClips/-4wsuPCjDBc_5_15.avi", "YouTubeClips/-4wsuPCjDBc_20_25.avi", "YouTubeClips/abcdefghijk_1_2.avi");
        _set.Text("AllVideoDescriptions.txt", "# MSVD\n\n-4wsuPCjDBc_5_15 a squirrel is eating a peanut in it's shell\n-4wsuPCjDBc_5_15 a chipmunk is eating\n-4wsuPCjDBc_20_25 a squirrel runs\nabcdefghijk_1_2 a man sings\n");
        _set.Text("train_list.txt", "-4wsuPCjDBc_5_15\n-4wsuPCjDBc_20_25\n").Text("val_list.txt", "abcdefghijk_1_2\n").Text("raw-captions.pkl", "cos\nsystem\n");
        DatasetManifest manifest = Captioned(LayoutNames.Msvd);

        Assert.Equal(
            ["YouTubeClips/-4wsuPCjDBc_20_25.avi - Train -4wsuPCjDBc", "YouTubeClips/-4wsuPCjDBc_5_15.avi - Train -4wsuPCjDBc", "YouTubeClips/abcdefghijk_1_2.avi - Validation abcdefghijk"], LayoutFolder.Lines(manifest));
        Assert.Equal(["a squirrel is eating a peanut in it's shell", "a chipmunk is eating"], Captions(manifest, "_5_15.avi"));
    }

    [Fact]
    public void Msvd_Corpus_IsEnglishAndCleanWherePossible()
    {
        _set.Video("mv89psg6zh4_33_46.avi", "abcdefghijk_1_2.avi");
        _set.Text("video_corpus.csv", """
            VideoID,Start,End,WorkerID,Source,AnnotationTime,Language,Description
            mv89psg6zh4,33,46,588702,unverified,55,Slovene,Papagaj se umiva pod tekočo vodo v lijaku.
            mv89psg6zh4,33,46,362812,unverified,37,English,A bird is bathing?
            mv89psg6zh4,33,46,362812,clean,37,English,A bird in a sink keeps getting under the running water.
            abcdefghijk,1,2,1,unverified,1,English,A man sings.
            """);
        DatasetManifest manifest = Captioned(LayoutNames.Msvd);

        Assert.Equal(["A bird in a sink keeps getting under the running water."], Captions(manifest, "33_46.avi"));
        Assert.Equal(["A man sings."], Captions(manifest, "1_2.avi"));
    }

    [Fact]
    public void CaptionsJson_ByFile_IsRead()
    {
        _set.Video("videos/video0.mp4", "videos/video1.mp4").Text("train.json", """{"video0.mp4":["caption 1","caption 2"],"gone.mp4":["x"]}""").Text("val.json", """{"video1.mp4":["caption 3"]}""");
        DatasetManifest manifest = Captioned(LayoutNames.CaptionsJson);

        Assert.Equal(["videos/video0.mp4 - Train -", "videos/video1.mp4 - Validation -"], LayoutFolder.Lines(manifest));
        Assert.Equal(["caption 1", "caption 2"], Captions(manifest, "video0.mp4"));
        Assert.Single(manifest.Problems);
    }

    [Fact]
    public void Table_OfPathsAndSentences_IsASetWithoutClasses()
    {
        _set.Picture("images/a.png", "images/b.png").Text("captions.csv", "path,caption,split\nimages/a.png,a tower,train\nimages/a.png,two boxes,train\nimages/b.png,a box,validation\n");
        DatasetManifest manifest = Captioned(LayoutNames.Csv);
        Assert.Equal(["a tower", "two boxes"], Captions(manifest, "a.png"));
    }

    [Fact]
    public void DamagedJson_IsRefusedWithItsPlace()
    {
        _set.Picture("a.jpg").Text("captions_train2014.json", """{"images":[{"file_name":"a.jpg","id":1}],"annotations":[{"image_id":1,"caption":"x"}""");
        Assert.Contains("cannot be read", _set.Preview().Refusal, StringComparison.Ordinal);
    }
}
