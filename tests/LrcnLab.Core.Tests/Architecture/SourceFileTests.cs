using System.Text.RegularExpressions;
using Xunit;

namespace LrcnLab.Core.Tests.Architecture;

/// <summary>Rules of the house that no analyzer knows.</summary>
public sealed partial class SourceFileTests
{
    private const int MaximumLines = 500;

    private static IEnumerable<string> Written =>
        SourceTree.Files("*.cs", "*.razor", "*.css", "*.js").Where(f => !f.StartsWith("migrations/", StringComparison.Ordinal));

    [Fact]
    public void File_HasAtMost500Lines() =>
        AssertNone(Written.Select(f => (File: f, SourceTree.Lines(f).Length)).Where(f => f.Length > MaximumLines).Select(f => $"{f.File} has {f.Length} lines: split it by subject"));

    [Fact]
    public void Web_NeverLeavesItsCircuit() => AssertNone(Hits("src/LrcnLab.Web/", LeavesContext()));

    [Fact]
    public void Sources_HaveNoStubs() => AssertNone(Hits("src/", Stub()));

    [Fact]
    public void Web_LoadsNothingFromElsewhere() => AssertNone(Hits("src/LrcnLab.Web/", Foreign()).Concat(Hits("wwwroot/", Foreign())));

    private static void AssertNone(IEnumerable<string> faults) => Assert.True(!faults.Any(), string.Join('\n', faults));

    private static IEnumerable<string> Hits(string folder, Regex pattern) =>
        from file in Written
        where file.StartsWith(folder, StringComparison.Ordinal)
        from line in SourceTree.Lines(file).Select((text, i) => (Text: text, Number: i + 1))
        where pattern.IsMatch(line.Text)
        select $"{file}({line.Number}): {line.Text.Trim()}";

    /// <summary>Components continue on their circuit's dispatcher; code that leaves it renders from a foreign thread.</summary>
    [GeneratedRegex(@"\.ConfigureAwait\(\s*false\s*\)")]
    private static partial Regex LeavesContext();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Stub();

    /// <summary>Everything a page needs comes from this machine: no script, style, font or picture of another host.</summary>
    [GeneratedRegex(@"(src|href)\s*=\s*""https?://[^""]*\.(js|css|woff2?|png|svg|jpg)|@import\s+(url\()?[""']?https?:|url\([""']?https?:", RegexOptions.IgnoreCase)]
    private static partial Regex Foreign();
}
