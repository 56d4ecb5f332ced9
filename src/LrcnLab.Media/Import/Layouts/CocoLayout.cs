using System.Text.Json;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>COCO captions 2014 and 2017 (Chen et al. 2015): JSON with <c>images</c> (id, file_name) and <c>annotations</c> (image_id, caption), one for each split.</summary>
internal static class CocoLayout
{
    private static readonly string[] OtherTasks = ["instances", "person_keypoints", "stuff", "panoptic"];

    public static readonly LayoutReader Reader = new(LayoutNames.Coco, Recognise, Read);

    private static string[] Files(SourceFolder source) =>
    [
        .. source.ListsWith(".json").Where(l => !OtherTasks.Any(t => Path.GetFileName(l).StartsWith(t, StringComparison.OrdinalIgnoreCase))).Where(l =>
        {
            IReadOnlySet<string> shape = JsonFile.Shape(source.Root.Full(l));
            return shape.Contains("images[].file_name") && shape.Contains("images[].id") || shape.Contains("annotations[].image_id") && shape.Contains("annotations[].caption");
        }),
    ];

    private static string? Recognise(SourceFolder source) =>
        Files(source) is { Length: > 0 } files ? $"{string.Join(", ", files)} {(files.Length == 1 ? "lists" : "list")} images by id and file_name, as COCO does." : null;

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        var set = new CaptionSet();
        foreach (string file in Files(source))
        {
            Split? split = SplitNames.InFileName(file);
            using JsonDocument document = JsonFile.Read(source.Root.Full(file));
            ILookup<string, string> captions = JsonFile.Items(document.RootElement, "annotations").Where(a => a.TryGetProperty("caption", out _))
                .ToLookup(a => JsonFile.Text(a, "image_id"), a => JsonFile.Text(a, "caption"), StringComparer.Ordinal);
            foreach (JsonElement image in JsonFile.Items(document.RootElement, "images"))
            {
                ct.ThrowIfCancellationRequested();
                string name = JsonFile.Text(image, "file_name"), id = JsonFile.Text(image, "id");
                (string? path, string? reason) = source.Files.Find(name);
                if (!captions.Contains(id))
                    set.Problems.Add(name, $"{Path.GetFileName(file)} has no sentence for {name}.");
                else if (path is null)
                    set.Problems.Add(name, $"{Path.GetFileName(file)}: {reason}");
                else
                    set.Add(path, split, captions[id]);
            }
        }

        return set.ToLayout(LayoutNames.Coco);
    }
}
