using LrcnLab.Core.Datasets;

namespace LrcnLab.Web.Features.Data;

/// <summary>What the card calls things.</summary>
public static class CardWords
{
    public static string Task(string task) => task switch
    {
        DatasetTask.ImageCaptioning => "image captioning",
        DatasetTask.VideoDescription => "video description",
        _ => "activity recognition",
    };
}
