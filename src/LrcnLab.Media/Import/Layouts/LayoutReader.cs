using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>A layout that is known: by what it is recognised, and how it is read.</summary>
/// <param name="Name">One of <see cref="LayoutNames"/>.</param>
/// <param name="Recognise">One sentence that says by what, or null. Looks at names and beginnings of lists only.</param>
/// <param name="Read">What the folder proposes.</param>
internal sealed record LayoutReader(string Name, Func<SourceFolder, string?> Recognise, Func<SourceFolder, ImportOptions, CancellationToken, Layout> Read)
{
    /// <summary>The most particular first: a table beside folders is more than folders.</summary>
    private static readonly LayoutReader[] All =
    [
        Ucf101Layout.Reader, Hmdb51Layout.Reader, KineticsLayout.Reader, SomethingLayout.Reader, KarpathyLayout.Reader, CocoLayout.Reader, MsrVttLayout.Reader,
        MsvdLayout.Reader, FlickrLayout.Reader, CaptionsJsonLayout.Reader, CsvLayout.Reader, FolderLayout.Reader,
    ];

    /// <summary>Reads the layout that was asked for, or the first that is recognised.</summary>
    public static Layout ReadFolder(SourceFolder source, ImportOptions options, CancellationToken ct)
    {
        foreach (LayoutReader reader in All.Where(r => options.Layout is null || r.Name == options.Layout))
        {
            if (reader.Recognise(source) is not { } explanation)
                continue;
            Layout layout = reader.Read(source, options, ct);
            return layout with { Name = layout.Refusal is null ? reader.Name : "", Explanation = explanation };
        }

        if (options.Layout is not null && !LayoutNames.All.Contains(options.Layout))
            return Layout.Refuse($"The layout {options.Layout} is not known; allowed are {string.Join(", ", LayoutNames.All)}.");
        if (options.Layout is not null)
            return Layout.Refuse($"{source.Root.Path} does not look like the layout {options.Layout}: {Expected(options.Layout)}");
        if (source.Named is not null)
            return Layout.Refuse($"{source.Root.Full(source.Named)} is no list of samples: a table must name at least the columns path and label (or path and caption) in its first row. Name a folder to have its layout recognised.");
        return Layout.Refuse($"{source.Root.Path} holds no folders: put the videos into one folder per class, or add a table with the columns path and label.");
    }

    private static string Expected(string layout) => layout switch
    {
        LayoutNames.Ucf101 => "no trainlist01.txt with a testlist01.txt was found.",
        LayoutNames.Hmdb51 => "no files named like brush_hair_test_split1.txt were found.",
        LayoutNames.Kinetics => "no table with the columns youtube_id, time_start, time_end was found.",
        LayoutNames.SomethingSomething => "no JSON list with id and template and no table id;template was found.",
        LayoutNames.Coco => "no JSON with images and captions by image_id was found.",
        LayoutNames.Flickr => "no list with lines like photo.jpg#0 and a sentence, and no table image,caption was found.",
        LayoutNames.Karpathy => "no JSON whose images have sentences was found.",
        LayoutNames.MsrVtt => "no JSON with videos and sentences by video_id was found.",
        LayoutNames.Msvd => "no list with lines like id_start_end and a sentence, and no table VideoID,Start,End,Description was found.",
        LayoutNames.CaptionsJson => "no JSON like {\"video.mp4\": [\"a sentence\"]} was found.",
        LayoutNames.Csv => "no table with the columns path and label, or path and caption, was found.",
        _ => "it holds no folders.",
    };
}
