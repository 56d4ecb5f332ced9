using System.Text.Json;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>The plain form <c>{"video0.mp4": ["one sentence", "another"]}</c>, in one file or one for each split.</summary>
internal static class CaptionsJsonLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.CaptionsJson, Recognise, Read);

    private static string[] Files(SourceFolder source) => [.. source.ListsWith(".json").Where(l => Resembles(JsonFile.Shape(source.Root.Full(l))))];

    /// <summary>Names of media at the first level, with lists of sentences, and nothing deeper.</summary>
    private static bool Resembles(IReadOnlySet<string> shape) =>
        shape.Contains("*[]:String") && shape.All(s => s.StartsWith('*') || !s.Contains("[].", StringComparison.Ordinal)) && shape.Any(s => !s.StartsWith('*') && Decoding.MediaFile.IsMedia(s));

    private static string? Recognise(SourceFolder source) =>
        Files(source) is { Length: > 0 } files ? $"{string.Join(", ", files)} {(files.Length == 1 ? "gives" : "give")} each file a list of sentences." : null;

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        var set = new CaptionSet();
        foreach (string file in Files(source))
        {
            using JsonDocument document = JsonFile.Read(source.Root.Full(file));
            foreach (JsonProperty video in document.RootElement.EnumerateObject())
            {
                ct.ThrowIfCancellationRequested();
                (string? path, string? reason) = source.Files.Find(video.Name);
                if (path is null)
                    set.Problems.Add(video.Name, $"{Path.GetFileName(file)}: {reason}");
                else
                    set.Add(path, SplitNames.InFileName(file), video.Value.ValueKind == JsonValueKind.Array ? video.Value.EnumerateArray().Select(c => c.ToString()) : [video.Value.ToString()]);
            }
        }

        return set.ToLayout(LayoutNames.CaptionsJson);
    }
}
