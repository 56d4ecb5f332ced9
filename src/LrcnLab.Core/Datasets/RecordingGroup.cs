using System.Text.RegularExpressions;

namespace LrcnLab.Core.Datasets;

/// <summary>
/// Which recording a file was cut from, as far as its name says. Cuts of one recording resemble each other, so a random split must not
/// spread them over training and validation.
/// </summary>
public static partial class RecordingGroup
{
    /// <summary>Words before a number that say what a file is, not what it shows: <c>IMG_0012</c> and <c>IMG_0013</c> are two recordings.</summary>
    private static readonly HashSet<string> KindsOfFile = new(StringComparer.OrdinalIgnoreCase)
    {
        "video", "videos", "vid", "movie", "mov", "mvi", "clip", "clips", "file", "sample", "item", "record", "recording", "rec", "img", "image", "images", "pic", "picture",
        "photo", "frame", "frames", "dsc", "dscn", "dscf", "gopr", "dji", "pxl", "cam", "camera", "screen", "capture", "untitled", "output", "train", "val", "validation", "test",
    };

    /// <summary>
    /// The recording of one file. UCF101 <c>v_Class_g08_c01</c> is <c>Class_g08</c>; HMDB51 names are their film; <c>id_start_end</c> of YouTube is the id; otherwise it is
    /// what stands before the last clip number, with the folders around it, since numbering begins anew in each: <c>walk/scene3_take02.mp4</c> is <c>walk/scene3</c>.
    /// </summary>
    /// <param name="path">Relative to the data set's folder, with forward slashes.</param>
    /// <returns>Empty when the name tells of no recording. <c>video1</c>, <c>IMG_0012</c>, <c>walk/walk_7</c> and <c>holiday7</c> are counted, not cut.</returns>
    public static string Of(string path) => Find(path).Group;

    /// <summary>
    /// The recordings of all files of a set. Sees more than <see cref="Of"/>: words before a number that most files of a class share
    /// (<c>jumping_001</c> to <c>jumping_400</c> in a folder <c>jump</c>) are no recording either.
    /// </summary>
    /// <param name="files">Class (empty for none) and path of each sample; several samples may share a path.</param>
    public static string[] OfAll(IReadOnlyList<(string Class, string Path)> files)
    {
        (string Group, bool IsSure)[] found = [.. files.Select(f => Find(f.Path))];
        var paths = Enumerable.Range(0, files.Count).DistinctBy(i => files[i]).ToArray();
        Dictionary<string, int> sizes = paths.CountBy(i => files[i].Class).ToDictionary();
        var counted = paths.Where(i => !found[i].IsSure && found[i].Group.Length > 0).CountBy(i => (files[i].Class, found[i].Group))
            .Where(g => 2 * g.Value > sizes[g.Key.Class]).Select(g => g.Key).ToHashSet();
        return [.. found.Select((f, i) => counted.Contains((files[i].Class, f.Group)) ? "" : f.Group)];
    }

    private static (string Group, bool IsSure) Find(string path)
    {
        int slash = path.LastIndexOf('/');
        string name = WithoutEnding(path[(slash + 1)..]), folder = slash < 0 ? "" : WithoutSplit(path[..slash]);
        if (Ucf101().Match(name) is { Success: true } ucf)
            return (ucf.Groups[1].Value, true);
        if (YouTube().Match(name) is { Success: true } cut)
            return (cut.Groups[1].Value, true);
        if (Hmdb51().Match(name) is { Success: true } hmdb)
            return (Film(hmdb.Groups[1].Value, folder), true);
        if (Numbered().Match(name) is not { Success: true } numbered || IsCounted(numbered.Groups[1].Value, folder))
            return ("", false);
        string group = numbered.Groups[1].Value;
        return (folder.Length == 0 ? group : $"{folder}/{group}", group.Any(char.IsAsciiDigit) && !IsOneOf(folder, group));
    }

    /// <summary>The class stands between film and tags; one film serves many classes.</summary>
    private static string Film(string filmAndClass, string folder)
    {
        string end = "_" + folder[(folder.LastIndexOf('/') + 1)..];
        return filmAndClass.Length > end.Length && filmAndClass.EndsWith(end, StringComparison.OrdinalIgnoreCase) ? filmAndClass[..^end.Length] : filmAndClass;
    }

    /// <summary>True when the words before the number only repeat the kind of file or the class; a folder with a number may be a recording's own.</summary>
    private static bool IsCounted(string words, string folder) =>
        words.Split('_', '-', ' ', '.').All(w => KindsOfFile.Contains(w) || w.Length == 0) || !words.Any(char.IsAsciiDigit) && IsOneOf(folder, words);

    private static bool IsOneOf(string folder, string words) =>
        folder.Split('/').Any(f => f.Length > 0 && Letters(f).Equals(Letters(words), StringComparison.OrdinalIgnoreCase));

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    private static string WithoutEnding(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot > 0 && name.Length - dot <= 6 && name[(dot + 1)..].Any(char.IsAsciiLetter) ? name[..dot] : name;
    }

    private static string WithoutSplit(string folder)
    {
        string first = folder.Split('/')[0];
        return first.ToLowerInvariant() is "train" or "training" or "val" or "valid" or "validation" or "test" or "testing" ? folder[Math.Min(folder.Length, first.Length + 1)..] : folder;
    }

    [GeneratedRegex(@"^v_(.+_g\d+)_c\d+$")]
    private static partial Regex Ucf101();

    /// <summary>Kinetics, MSVD: eleven characters of the id, first and last second.</summary>
    [GeneratedRegex(@"^([A-Za-z0-9_-]{11})_\d{1,6}_\d{1,6}$")]
    private static partial Regex YouTube();

    /// <summary>Film and class, then visible body parts, camera motion, number of people, view point, quality, clip number.</summary>
    [GeneratedRegex(@"^(.+)_[a-z]_[a-z]{2}_np\d_[a-z]{2}_[a-z]{3}_\d+$")]
    private static partial Regex Hmdb51();

    /// <summary>A number set apart, with or without a word such as "clip" right before it. Six digits and more are a time or an id.</summary>
    [GeneratedRegex(@"^(.*[^_\-\s.(])[_\-\s.]+\(?(?:clip|cut|part|pt|take|shot|seg|segment|scene|c|p|d|s)?[_\-]?\d{1,5}\)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Numbered();
}
