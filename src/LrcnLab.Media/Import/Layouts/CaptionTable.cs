using LrcnLab.Core.Datasets;

namespace LrcnLab.Media.Import.Layouts;

/// <summary><c>captions.csv</c> with the columns <c>path,caption</c> beside a folder-per-class layout; several rows of one path are several sentences.</summary>
internal static class CaptionTable
{
    public const string FileName = "captions.csv";

    public static Dictionary<string, List<string>> Read(RootFolder root, ProblemList problems)
    {
        var captions = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        string table = root.Full(FileName);
        if (Decoding.MediaFile.Length(table) == 0 || root.Inside(table) is null)
            return captions;
        if (!CsvTable.Columns(table).IsSupersetOf(["path", "caption"]))
        {
            problems.Add(new SampleProblem(FileName, $"{FileName} was left out: its first row must name the columns path and caption."));
            return captions;
        }

        foreach (var (line, field) in CsvTable.Rows(table))
        {
            string path = field("path"), caption = field("caption");
            if (path.Length == 0 || caption.Length == 0)
                problems.Add(new SampleProblem(FileName, $"Line {line} of {FileName} lacks a path or a caption."));
            else if (root.Inside(path) is { } inside)
                (captions.TryGetValue(inside, out List<string>? sentences) ? sentences : captions[inside] = []).Add(caption);
            else
                problems.Add(new SampleProblem(FileName, $"Line {line} of {FileName}: {path} leads out of the data set's folder."));
        }

        return captions;
    }
}
