namespace LrcnLab.Core.Datasets;

/// <summary>The layouts of data sets that are recognised, by the names that people write.</summary>
public static class LayoutNames
{
    public const string Folders = "folder-per-class";
    public const string Csv = "csv";
    public const string Ucf101 = "ucf101";
    public const string Hmdb51 = "hmdb51";
    public const string Kinetics = "kinetics";
    public const string SomethingSomething = "something-something";
    public const string Coco = "coco";
    public const string Flickr = "flickr";
    public const string Karpathy = "karpathy";
    public const string MsrVtt = "msr-vtt";
    public const string Msvd = "msvd";
    public const string CaptionsJson = "captions-json";

    public static IReadOnlyList<string> All { get; } =
        [Folders, Csv, Ucf101, Hmdb51, Kinetics, SomethingSomething, Coco, Flickr, Karpathy, MsrVtt, Msvd, CaptionsJson];
}
