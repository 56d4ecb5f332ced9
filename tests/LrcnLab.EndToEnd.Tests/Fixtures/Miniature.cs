namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>A published data set in small: its lists as the publisher writes them, with a few clips of the sample and frames of them.</summary>
/// <param name="Layout">What it must be recognised as.</param>
/// <param name="Media">Paths; endings of pictures get pictures, others videos.</param>
/// <param name="Lists">Paths and texts.</param>
/// <param name="Train">Samples.</param>
/// <param name="Validation">Samples.</param>
/// <param name="Test">Samples.</param>
public sealed record Miniature(string Layout, string[] Media, (string Path, string Text)[] Lists, int Train, int Validation, int Test)
{
    private static readonly string[] PictureEndings = [".jpg", ".png", ".webp", ".bmp"];

    /// <summary>By names of their own: one of every layout that can be imported.</summary>
    public static IReadOnlyDictionary<string, Miniature> All { get; } = new Dictionary<string, Miniature>
    {
        ["folders"] = new("folder-per-class", [.. Takes("walk", 5), .. Takes("run", 5)], [], 8, 2, 0),
        ["folders-with-splits"] = new("folder-per-class", ["train/walk/1.avi", "train/run/2.avi", "val/walk/3.avi", "val/run/4.avi", "test/walk/5.avi", "test/run/6.avi"], [], 2, 2, 2),
        ["frame-folders"] = new("folder-per-class",
            [.. from split in (string[])["train", "val"] from label in (string[])["walk", "run"] from frame in Enumerable.Range(1, 3) select $"{split}/{label}/clip-{split}/{frame:D5}.jpg"], [], 2, 2, 0),
        ["ucf101"] = new("ucf101", [.. from label in (string[])["YoYo", "Archery"] from take in Enumerable.Range(1, 4) select $"UCF-101/{label}/v_{label}_g0{take}_c01.avi"],
        [
            ("ucfTrainTestlist/classInd.txt", "1 YoYo\r\n2 Archery\r\n"),
            ("ucfTrainTestlist/trainlist01.txt", string.Concat(from label in (string[])["YoYo", "Archery"] from take in (int[])[2, 3, 4] select $"{label}/v_{label}_g0{take}_c01.avi {(label == "YoYo" ? 1 : 2)}\r\n")),
            ("ucfTrainTestlist/testlist01.txt", "YoYo/v_YoYo_g01_c01.avi\r\nArchery/v_Archery_g01_c01.avi\r\n"),
        ], 4, 2, 2),
        ["hmdb51"] = new("hmdb51", [.. from label in (string[])["brush_hair", "cartwheel"] from i in Enumerable.Range(0, 4) select $"videos/{label}/Film{i}_{label}_u_nm_np1_ba_goo_{i}.avi"],
            [.. from label in (string[])["brush_hair", "cartwheel"] select ($"splits/{label}_test_split1.txt", string.Concat(Enumerable.Range(0, 4).Select(i => $"Film{i}_{label}_u_nm_np1_ba_goo_{i}.avi {(i == 3 ? 2 : 1)} \n")))], 4, 2, 2),
        ["kinetics"] = new("kinetics", ["train/air_drumming/_dbcJuKJQNs_000040_000050.mp4", "train/testifying/---QUuC4vJs_000084_000094.mp4", "val/testifying/abcdefghijk_000001_000011.mp4"],
        [
            ("train.csv", "label,youtube_id,time_start,time_end,split,is_cc\n\"air drumming\",_dbcJuKJQNs,40,50,train,0\ntestifying,---QUuC4vJs,84,94,train,0\n"),
            ("validate.csv", "label,youtube_id,time_start,time_end,split\ntestifying,abcdefghijk,1,11,validate\n"),
        ], 2, 1, 0),
        ["something-something"] = new("something-something", ["20bn-something-something-v2/1.webm", "20bn-something-something-v2/2.webm", "20bn-something-something-v2/3.webm"],
        [
            ("labels/labels.json", """{"Pushing something from left to right":"1","Holding something next to something":"0"}"""),
            ("labels/train.json", """[{"id":"1","label":"x","template":"Holding [something] next to [something]"},{"id":"2","label":"y","template":"Pushing [something] from left to right"}]"""),
            ("labels/validation.json", """[{"id":"3","label":"z","template":"Holding [something] next to [something]"}]"""),
        ], 2, 1, 0),
        ["table"] = new("csv", ["clips/1.avi", "clips/2.avi", "clips/3.avi"], [("clips.tsv", "path\tlabel\tsplit\nclips/1.avi\twalk\ttrain\nclips/2.avi\trun\ttrain\nclips/3.avi\twalk\tvalidation\n")], 2, 1, 0),
        ["coco"] = new("coco", ["train2014/COCO_train2014_000000000001.jpg", "val2014/COCO_val2014_000000000002.jpg"],
        [
            ("annotations/captions_train2014.json", """{"images":[{"file_name":"COCO_train2014_000000000001.jpg","id":1}],"annotations":[{"image_id":1,"id":48,"caption":"A very clean bathroom"}]}"""),
            ("annotations/captions_val2014.json", """{"images":[{"file_name":"COCO_val2014_000000000002.jpg","id":2}],"annotations":[{"image_id":2,"id":49,"caption":"A cat"}]}"""),
        ], 1, 1, 0),
        ["flickr8k"] = new("flickr", ["Images/a_1.jpg", "Images/b_2.jpg", "Images/c_3.jpg"],
        [
            ("Flickr8k.token.txt", "a_1.jpg#0\tA child in a pink dress .\nb_2.jpg#0\tA black dog .\nc_3.jpg#0\tA painter .\n"),
            ("Flickr_8k.trainImages.txt", "a_1.jpg\n"), ("Flickr_8k.devImages.txt", "b_2.jpg\n"), ("Flickr_8k.testImages.txt", "c_3.jpg\n"),
        ], 1, 1, 1),
        ["flickr30k"] = new("flickr", [.. Enumerable.Range(0, 10).Select(i => $"flickr30k_images/{i}.jpg")],
            [("results.csv", "image_name| comment_number| comment\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i}.jpg| 0| Two men with {i} dogs .\n")))], 8, 2, 0),
        ["karpathy"] = new("karpathy", ["train2014/1.jpg", "val2014/2.jpg", "val2014/3.jpg"],
        [
            ("dataset_coco.json", """
            {"images":[{"filepath":"train2014","filename":"1.jpg","split":"train","sentences":[{"raw":"A man"}]},{"filepath":"val2014","filename":"2.jpg","split":"val","sentences":[{"raw":"A dog"}]},
             {"filepath":"val2014","filename":"3.jpg","split":"test","sentences":[{"raw":"A cat"}]}],"dataset":"coco"}
            """),
        ], 1, 1, 1),
        ["msr-vtt"] = new("msr-vtt", ["TrainValVideo/video0.mp4", "TrainValVideo/video1.mp4", "TestVideo/video2.mp4"],
        [
            ("videodatainfo_2017.json", """
            {"info":{},"videos":[{"video_id":"video0","start time":1.5,"end time":9.5,"split":"train","id":0},{"video_id":"video1","split":"validate"},{"video_id":"video2","split":"test"}],
             "sentences":[{"caption":"a car","video_id":"video0"},{"caption":"a man","video_id":"video1"},{"caption":"a woman","video_id":"video2"}]}
            """),
        ], 1, 1, 1),
        ["msvd"] = new("msvd", ["YouTubeClips/-4wsuPCjDBc_5_15.avi", "YouTubeClips/abcdefghijk_1_2.avi"],
        [
            ("AllVideoDescriptions.txt", "-4wsuPCjDBc_5_15 a squirrel is eating\nabcdefghijk_1_2 a man sings\n"), ("train_list.txt", "-4wsuPCjDBc_5_15\n"), ("val_list.txt", "abcdefghijk_1_2\n"),
        ], 1, 1, 0),
        ["captions-by-file"] = new("captions-json", ["videos/video0.mp4", "videos/video1.mp4"], [("train.json", """{"video0.mp4":["a car"]}"""), ("val.json", """{"video1.mp4":["a dog"]}""")], 1, 1, 0),
    };

    /// <summary>Each medium is another clip of the sample, or a frame of one.</summary>
    public void Write(string folder)
    {
        string[] clips = [.. Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "samples"), "*.avi", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        for (int i = 0; i < Media.Length; i++)
        {
            byte[] clip = File.ReadAllBytes(clips[i * (clips.Length / Media.Length)]);
            WriteFile(Media[i], PictureEndings.Contains(Path.GetExtension(Media[i])) ? FirstFrame(clip) : clip);
        }

        foreach (var (path, text) in Lists)
            WriteFile(path, System.Text.Encoding.UTF8.GetBytes(text));

        void WriteFile(string path, byte[] bytes)
        {
            string full = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, bytes);
        }
    }

    private static IEnumerable<string> Takes(string label, int count) => Enumerable.Range(0, count).Select(i => $"{label}/scene{i}_take1.avi");

    /// <summary>Motion-JPEG: a frame is a picture as it stands.</summary>
    private static byte[] FirstFrame(ReadOnlySpan<byte> clip)
    {
        int start = clip.IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);
        int length = clip[start..].IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) + 2;
        return clip.Slice(start, length).ToArray();
    }
}
