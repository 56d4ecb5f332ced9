using System.Text.Json;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// MSR-VTT (Xu et al. 2016): JSON with <c>videos</c> (video_id, split) and <c>sentences</c> (video_id, caption), in one file or several; the videos are <c>video0.mp4</c>, already cut:
/// <c>start time</c> and <c>end time</c> are places in the film on YouTube and not in these files.
/// </summary>
internal static class MsrVttLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.MsrVtt, Recognise, Read);

    private static string[] Files(SourceFolder source) =>
        [.. source.ListsWith(".json").Where(l => JsonFile.Shape(source.Root.Full(l)) is var s && (s.Contains("videos[].video_id") || s.Contains("sentences[].video_id")))];

    private static string? Recognise(SourceFolder source) =>
        Files(source) is { Length: > 0 } files ? $"{string.Join(", ", files)} {(files.Length == 1 ? "has" : "have")} videos and sentences by video_id, as MSR-VTT has." : null;

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        var set = new CaptionSet();
        var splits = new Dictionary<string, Split?>(StringComparer.Ordinal);
        var sentences = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string file in Files(source))
        {
            using JsonDocument document = JsonFile.Read(source.Root.Full(file));
            foreach (JsonElement video in JsonFile.Items(document.RootElement, "videos"))
                splits[JsonFile.Text(video, "video_id")] = SplitNames.Parse(JsonFile.Text(video, "split")) ?? SplitNames.InFileName(file);
            foreach (JsonElement sentence in JsonFile.Items(document.RootElement, "sentences"))
            {
                string id = JsonFile.Text(sentence, "video_id");
                (sentences.TryGetValue(id, out List<string>? list) ? list : sentences[id] = []).Add(JsonFile.Text(sentence, "caption"));
            }
        }

        foreach (string id in splits.Keys.Concat(sentences.Keys).Distinct(StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            (string? path, string? reason) = source.Files.FindStem(id);
            if (path is null)
                set.Problems.Add(id, reason!);
            else
                set.Add(path, splits.GetValueOrDefault(id), sentences.GetValueOrDefault(id, []));
        }

        return set.ToLayout(LayoutNames.MsrVtt);
    }
}
