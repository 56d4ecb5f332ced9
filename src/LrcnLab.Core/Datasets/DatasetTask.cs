namespace LrcnLab.Core.Datasets;

/// <summary>What a data set can teach.</summary>
public static class DatasetTask
{
    public const string ActivityRecognition = "activity-recognition";
    public const string ImageCaptioning = "image-captioning";
    public const string VideoDescription = "video-description";

    /// <summary>Two classes are something to recognise; sentences alone describe pictures or videos.</summary>
    public static string Of(DatasetManifest manifest) =>
        manifest.Classes.Count >= 2 ? ActivityRecognition : manifest.Samples.All(s => s.Frames == 1) ? ImageCaptioning : VideoDescription;
}
