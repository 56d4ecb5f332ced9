using System.Text.Json;
using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>
/// The splits of Karpathy and Fei-Fei (2015), <c>dataset_coco.json</c> and others: <c>images</c> with <c>filename, split, sentences</c>. <c>restval</c> trains, as everybody uses it.
/// </summary>
internal static class KarpathyLayout
{
    public static readonly LayoutReader Reader = new(LayoutNames.Karpathy, Recognise, Read);

    private static string[] Files(SourceFolder source) => [.. source.ListsWith(".json").Where(l => JsonFile.Shape(source.Root.Full(l)) is var s && s.Contains("images[].sentences") && s.Contains("images[].filename"))];

    private static string? Recognise(SourceFolder source) =>
        Files(source) is { Length: > 0 } files ? $"{string.Join(", ", files)} lists images with filename, split and sentences, as Karpathy's splits do." : null;

    private static Layout Read(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        var set = new CaptionSet();
        foreach (string file in Files(source))
        {
            using JsonDocument document = JsonFile.Read(source.Root.Full(file));
            foreach (JsonElement image in JsonFile.Items(document.RootElement, "images"))
            {
                ct.ThrowIfCancellationRequested();
                string name = JsonFile.Text(image, "filename"), folder = JsonFile.Text(image, "filepath"), split = JsonFile.Text(image, "split");
                (string? path, string? reason) = source.Files.Find(folder.Length > 0 ? $"{folder}/{name}" : name);
                Split? given = split == "restval" ? Split.Train : SplitNames.Parse(split);
                if (split.Length > 0 && given is null)
                    set.Problems.Add(name, $"{Path.GetFileName(file)} gives {name} the split {split}; {SplitNames.Allowed} and restval are known.");
                else if (path is null)
                    set.Problems.Add(name, $"{Path.GetFileName(file)}: {reason}");
                else
                    set.Add(path, given, JsonFile.Items(image, "sentences").Select(Sentence));
            }
        }

        return set.ToLayout(LayoutNames.Karpathy);
    }

    private static string Sentence(JsonElement sentence) =>
        JsonFile.Text(sentence, "raw") is { Length: > 0 } raw ? raw : string.Join(' ', JsonFile.Items(sentence, "tokens").Select(t => t.ToString()));
}
