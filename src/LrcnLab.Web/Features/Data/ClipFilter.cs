using System.Globalization;
using LrcnLab.Core.Datasets;
using Microsoft.AspNetCore.WebUtilities;

namespace LrcnLab.Web.Features.Data;

public enum ClipSort { Index, Length, Longest, Class }

/// <summary>Which clips of a version are shown, and in which order; stands in the address of the page.</summary>
public sealed record ClipFilter
{
    /// <summary>Name of a class, or empty for all.</summary>
    public string Class { get; init; } = "";

    public Split? Split { get; init; }

    /// <summary>Least frames.</summary>
    public int? From { get; init; }

    /// <summary>Most frames.</summary>
    public int? To { get; init; }

    /// <summary>Clips with any of these; none for all clips.</summary>
    public SampleFlags Flags { get; init; }

    /// <summary>In path or captions, without regard to case.</summary>
    public string Text { get; init; } = "";

    public ClipSort Sort { get; init; }

    public bool IsEmpty => this with { Sort = ClipSort.Index } == new ClipFilter();

    /// <summary>Reads the parts of an address; what is not understood counts for nothing.</summary>
    public static ClipFilter Parse(string? className, string? split, int? from, int? to, string? flags, string? text, string? sort) => new()
    {
        Class = className ?? "",
        Split = Enum.TryParse(split, ignoreCase: true, out Split s) && Enum.IsDefined(s) ? s : null,
        From = from > 0 ? from : null,
        To = to > 0 ? to : null,
        Flags = (flags ?? "").Split(',').Select(f => FlagWords.Parse(f)).Aggregate(SampleFlags.None, (all, f) => all | f),
        Text = text?.Trim() ?? "",
        Sort = Enum.TryParse(sort, ignoreCase: true, out ClipSort o) && Enum.IsDefined(o) ? o : ClipSort.Index,
    };

    /// <summary>As parts of an address; only what differs from "all clips, in order".</summary>
    public IEnumerable<KeyValuePair<string, string?>> Query()
    {
        if (Class.Length > 0)
            yield return new("class", Class);
        if (Split is { } split)
            yield return new("split", split.ToString().ToLowerInvariant());
        if (From is { } from)
            yield return new("from", from.ToString(CultureInfo.InvariantCulture));
        if (To is { } to)
            yield return new("to", to.ToString(CultureInfo.InvariantCulture));
        if (Flags != SampleFlags.None)
            yield return new("flags", string.Join(',', FlagWords.All.Where(f => Flags.HasFlag(f.Flag)).Select(f => f.Word)));
        if (Text.Length > 0)
            yield return new("q", Text);
        if (Sort != ClipSort.Index)
            yield return new("sort", Sort.ToString().ToLowerInvariant());
    }

    /// <summary>Address of the page with these clips.</summary>
    public string Address(Guid dataset, params IEnumerable<KeyValuePair<string, string?>> more) =>
        QueryHelpers.AddQueryString($"/data/{dataset}/browse", [.. Query(), .. more.Where(m => m.Value is { Length: > 0 })]);
}

/// <summary>What flags are called in addresses and on pages.</summary>
public static class FlagWords
{
    public static IReadOnlyList<(SampleFlags Flag, string Word, string Title)> All { get; } =
    [
        (SampleFlags.DuplicateAcrossSplits, "duplicate-across-splits", "duplicate across splits"),
        (SampleFlags.Duplicate, "duplicate", "duplicate"),
        (SampleFlags.GroupAcrossSplits, "group-across-splits", "recording in several splits"),
        (SampleFlags.Short, "short", "short"),
        (SampleFlags.Blank, "blank", "blank"),
    ];

    public static SampleFlags Parse(string word) => All.FirstOrDefault(f => f.Word == word.Trim()).Flag;
}
