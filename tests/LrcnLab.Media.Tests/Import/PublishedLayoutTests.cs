using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Tests.Import;

/// <summary>Labelled data sets as they are published.</summary>
public sealed class PublishedLayoutTests : IDisposable
{
    private readonly LayoutFolder _set = new();

    public void Dispose() => _set.Dispose();

    private static string Crlf(params string[] lines) => string.Join("\r\n", lines) + "\r\n";

    private void Ucf101(string videos, string lists)
    {
        foreach (string label in (string[])["YoYo", "Archery"])
        {
            foreach (string clip in (string[])["g01_c01", "g01_c02", "g02_c01", "g03_c01", "g03_c02", "g04_c01"])
                _set.Video($"{videos}{label}/v_{label}_{clip}.avi");
        }

        _set.Text($"{lists}classInd.txt", Crlf("1 YoYo", "2 Archery"));
        _set.Text($"{lists}trainlist01.txt", Crlf([.. from l in (string[])["YoYo", "Archery"] from c in (string[])["g02_c01", "g03_c01", "g03_c02", "g04_c01"] select $"{l}/v_{l}_{c}.avi {(l == "YoYo" ? 1 : 2)}"]));
        _set.Text($"{lists}testlist01.txt", Crlf("YoYo/v_YoYo_g01_c01.avi", "YoYo/v_YoYo_g01_c02.avi", "Archery/v_Archery_g01_c01.avi", "Archery/v_Archery_g09_c01.avi"));
        _set.Text($"{lists}trainlist02.txt", Crlf("YoYo/v_YoYo_g01_c01.avi 1", "YoYo/v_YoYo_g03_c01.avi 1", "Archery/v_Archery_g01_c01.avi 2", "Archery/v_Archery_g03_c01.avi 2"));
        _set.Text($"{lists}testlist02.txt", Crlf("YoYo/v_YoYo_g02_c01.avi", "Archery/v_Archery_g02_c01.avi"));
    }

    [Theory]
    [InlineData("UCF-101/", "ucfTrainTestlist/")]
    [InlineData("", "")]
    public void Ucf101_WhereverItsListsLie_HasOfficialSplitsAndIds(string videos, string lists)
    {
        Ucf101(videos, lists);
        DatasetManifest manifest = _set.Import();

        Assert.Equal(LayoutNames.Ucf101, manifest.Layout);
        Assert.Equal(["YoYo", "Archery"], manifest.Classes);
        Assert.Contains($"{videos}Archery/v_Archery_g01_c01.avi Archery Test Archery_g01", LayoutFolder.Lines(manifest));
        Assert.Equal([3], manifest.Samples.CountBy(s => s.Split).Where(s => s.Key == Split.Test).Select(s => s.Value));
        Assert.Equal(2, manifest.Samples.Where(s => s.Split == Split.Validation).DistinctBy(s => s.Label).Count());
        Assert.All(manifest.Samples.GroupBy(s => s.Group), g => Assert.Single(g.Select(s => s.Split).Distinct()));
        Assert.Equal(["Archery/v_Archery_g09_c01.avi"], manifest.Problems.Select(p => p.Path));
    }

    [Fact]
    public void Ucf101_SplitNumber_ChoosesTheLists()
    {
        Ucf101("UCF-101/", "ucfTrainTestlist/");
        Assert.Equal(2, _set.Preview().SplitChoices);
        Assert.Equal(2, _set.Import(new ImportOptions { SplitNumber = 2 }).Samples.Count(s => s.Split == Split.Test));
        Assert.Contains("choice of 1, 2", _set.Preview(new ImportOptions { SplitNumber = 3 }).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Hmdb51_NamesWithBlanksAndSigns_AreSplitAtTheLastBlank()
    {
        string[] names = ["(Rad)Schlag_die_Bank!_cartwheel_f_cm_np1_le_med_0.avi", "Tom & Jerry_cartwheel_f_cm_np1_ba_bad_8.avi", "#122_A_B_cartwheel_f_cm_np1_le_bad_0.avi", "Other_cartwheel_f_cm_np1_le_bad_1.avi"];
        _set.Video([.. names.Select(n => $"videos/cartwheel/{n}")]).Video([.. Enumerable.Range(0, 3).Select(i => $"videos/brush_hair/April_0{i}_brush_hair_u_nm_np1_ba_goo_0.avi")]);
        _set.Text("splits/cartwheel_test_split1.txt", $"{names[0]} 1 \n{names[1]} 2 \n{names[2]} 1 \n{names[3]} 0 \nNowhere_cartwheel_f_cm_np1_le_bad_1.avi 1 \n");
        _set.Text("splits/brush_hair_test_split1.txt", string.Concat(Enumerable.Range(0, 3).Select(i => $"April_0{i}_brush_hair_u_nm_np1_ba_goo_0.avi {(i < 2 ? 1 : 2)} \n")));
        DatasetManifest manifest = _set.Import();

        Assert.Equal(LayoutNames.Hmdb51, manifest.Layout);
        Assert.Equal(["brush_hair", "cartwheel"], manifest.Classes);
        Assert.Contains("videos/cartwheel/Tom & Jerry_cartwheel_f_cm_np1_ba_bad_8.avi cartwheel Test Tom & Jerry", LayoutFolder.Lines(manifest));
        Assert.Equal([2, 2, 2], LayoutFolder.Splits(manifest));
        Assert.Equal(2, manifest.Problems.Count);
        Assert.Contains(manifest.Problems, p => p.Reason.StartsWith("1 videos are in neither part", StringComparison.Ordinal));
    }

    [Fact]
    public void Kinetics_TablesOfEachSplit_AreReadTogether()
    {
        _set.Video("train/air_drumming/_dbcJuKJQNs_000040_000050.mp4", "train/testifying/---QUuC4vJs_000084_000094.mp4", "train/testifying/---QUuC4vJs_000104_000114.mp4")
            .Video("val/testifying/abcdefghijk_000001_000011.mp4", "val/air_drumming/whole_video.mp4");
        _set.Text("train.csv", "label,youtube_id,time_start,time_end,split,is_cc\n\"air drumming\",_dbcJuKJQNs,40,50,train,0\ntestifying,---QUuC4vJs,84,94,train,0\ntestifying,---QUuC4vJs,104,114,train,0\ntestifying,missing_one,1,11,train,0\n");
        _set.Text("validate.csv", "label,youtube_id,time_start,time_end,split\ntestifying,abcdefghijk,1,11,validate\n\"air drumming\",whole_video,0.5,1.2,val\n");
        _set.Text("test.csv", "youtube_id,time_start,time_end,split\nsecretlabel,1,11,test\n");
        DatasetManifest manifest = _set.Import();

        Assert.Equal(LayoutNames.Kinetics, manifest.Layout);
        Assert.Equal(["air drumming", "testifying"], manifest.Classes);
        Assert.Equal(
        [
            "train/air_drumming/_dbcJuKJQNs_000040_000050.mp4 air drumming Train _dbcJuKJQNs", "train/testifying/---QUuC4vJs_000084_000094.mp4 testifying Train ---QUuC4vJs",
            "train/testifying/---QUuC4vJs_000104_000114.mp4 testifying Train ---QUuC4vJs", "val/air_drumming/whole_video.mp4 air drumming Validation whole_video 0.5-1.2",
            "val/testifying/abcdefghijk_000001_000011.mp4 testifying Validation abcdefghijk",
        ], LayoutFolder.Lines(manifest));
        Assert.Equal(["missing_one", "secretlabel"], manifest.Problems.Select(p => p.Path));
    }

    [Fact]
    public void SomethingSomething2_TemplatesWithoutBrackets_AreTheClasses()
    {
        _set.Video("20bn-something-something-v2/1.webm", "20bn-something-something-v2/2.webm", "20bn-something-something-v2/3.webm", "20bn-something-something-v2/4.webm");
        _set.Text("labels/labels.json", """{"Pushing something from left to right":"1","Holding something next to something":"0"}""");
        _set.Text("labels/train.json", """
            [{"id":"1","label":"holding potato next to vicks","template":"Holding [something] next to [something]","placeholders":["potato","vicks"]},
             {"id":"2","label":"pushing a cup from left to right","template":"Pushing [something] from left to right","placeholders":["a cup"]}]
            """);
        _set.Text("labels/validation.json", """[{"id":"3","label":"x","template":"Holding [something] next to [something]","placeholders":[]}]""");
        _set.Text("labels/test.json", """[{"id":"4"}]""");
        DatasetManifest manifest = _set.Import();

        Assert.Equal(LayoutNames.SomethingSomething, manifest.Layout);
        Assert.Equal(["Holding something next to something", "Pushing something from left to right"], manifest.Classes);
        Assert.Equal([2, 1, 0], LayoutFolder.Splits(manifest));
        Assert.Equal("4", Assert.Single(manifest.Problems).Path);

        _set.Text("labels/test-answers.csv", "4;Holding something next to something\n");
        Assert.Equal([2, 1, 1], LayoutFolder.Splits(_set.Import()));
    }

    [Fact]
    public void SomethingSomething1_FoldersOfFrames_AreVideos()
    {
        foreach (int id in (int[])[11, 12, 13])
            _set.Picture($"20bn-something-something-v1/{id}/00001.jpg", $"20bn-something-something-v1/{id}/00002.jpg");
        _set.Text("something-something-v1-train.csv", "11;Holding something\n12;Pushing something left\n").Text("something-something-v1-validation.csv", "13;Holding something\n14;Holding something\n");
        _set.Text("something-something-v1-labels.csv", "Pushing something left\nHolding something\n");
        DatasetManifest manifest = _set.Import();

        Assert.Equal((LayoutNames.SomethingSomething, 3), (manifest.Layout, manifest.Samples.Count));
        Assert.Equal(["Pushing something left", "Holding something"], manifest.Classes);
        Assert.All(manifest.Samples, s => Assert.Equal(2, s.Frames));
        Assert.Equal("14", Assert.Single(manifest.Problems).Path);
    }

    [Fact]
    public void Table_WithGroupsAndTabs_KeepsRecordingsTogether()
    {
        _set.Video([.. Enumerable.Range(0, 12).Select(i => $"v{i}.avi")]);
        _set.Text("samples.tsv", "path\tlabel\tgroup\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"v{i}.avi\t{(i % 2 == 0 ? "a" : "b")}\tperson{i / 4}\n")));
        DatasetManifest manifest = _set.Import();

        Assert.Equal((LayoutNames.Csv, 12), (manifest.Layout, manifest.Samples.Count));
        Assert.Equal(["person0", "person1", "person2"], manifest.Samples.Select(s => s.Group).Distinct().Order());
        Assert.All(manifest.Samples.GroupBy(s => s.Group), g => Assert.Single(g.Select(s => s.Split).Distinct()));
        Assert.Equal([8, 4, 0], LayoutFolder.Splits(manifest));
    }

    [Fact]
    public void PathLists_OfSlowFast_AreReadBySplit()
    {
        _set.Video("videos/my a/x.mp4", "videos/b/y.mp4", "videos/b/z.mp4");
        _set.Text("train.csv", "/data/other/machine/videos/my a/x.mp4 0\nvideos/b/y.mp4 1\n../../etc/passwd.mp4 1\n").Text("val.csv", "b/z.mp4 1\n").Text("label_map.txt", "waving\nclapping\n");
        DatasetManifest manifest = _set.Import();

        Assert.Equal(["videos/b/y.mp4 clapping Train -", "videos/b/z.mp4 clapping Validation -", "videos/my a/x.mp4 waving Train -"], LayoutFolder.Lines(manifest));
        Assert.Contains("leads out", Assert.Single(manifest.Problems).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void PathLists_OfFrameFolders_AreRead()
    {
        foreach (string folder in (string[])["rawframes/d-1", "rawframes/d-2", "rawframes/d-3"])
            _set.Picture($"{folder}/img_00001.jpg", $"{folder}/img_00002.jpg", $"{folder}/img_00003.jpg");
        _set.Text("train_list_rawframes.txt", "some/d-1 3 10\nd-2 3 2\n").Text("val_list_rawframes.txt", "some/d-3 3 2\nsome/d-4 3 2\n");
        DatasetManifest manifest = _set.Import();

        Assert.Equal(["2", "10"], manifest.Classes);
        Assert.Equal(["rawframes/d-1", "rawframes/d-2", "rawframes/d-3"], manifest.Samples.Select(s => s.Path));
        Assert.All(manifest.Samples, s => Assert.Equal(3, s.Frames));
        Assert.Equal("some/d-4", Assert.Single(manifest.Problems).Path);
    }

    [Fact]
    public void Folders_OfNumberedTakes_KeepRecordingsTogether()
    {
        foreach (string label in (string[])["run", "walk"])
            _set.Video([.. from scene in Enumerable.Range(1, 5) from take in Enumerable.Range(1, 3) select $"{label}/scene{scene}_take{take}.avi"]);
        DatasetManifest manifest = _set.Import(new ImportOptions { ValidationShare = 0.2, TestShare = 0.2, Seed = 5 });

        Assert.Equal([18, 6, 6], LayoutFolder.Splits(manifest));
        Assert.All(manifest.Samples.GroupBy(s => s.Group), g => Assert.Single(g.Select(s => s.Split).Distinct()));
        Assert.All(manifest.Samples, s => Assert.NotNull(s.Fingerprint));
        Assert.All(manifest.Samples, s => Assert.Equal(3, s.Colors!.Mean.Length));
    }

    [Theory]
    [InlineData("ucf102", "is not known")]
    [InlineData("coco", "does not look like the layout coco")]
    public void Layout_ThatIsNotThere_IsRefused(string layout, string words)
    {
        _set.Video("a/1.avi", "b/2.avi");
        Assert.Contains(words, _set.Preview(new ImportOptions { Layout = layout }).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Preview_Shares_AreChecked()
    {
        _set.Video("a/1.avi", "b/2.avi");
        Assert.Contains("below 1", _set.Preview(new ImportOptions { ValidationShare = 0.6, TestShare = 0.4 }).Refusal, StringComparison.Ordinal);
    }
}
