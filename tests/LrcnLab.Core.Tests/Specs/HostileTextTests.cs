using System.Text;
using CsCheck;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

/// <summary>Whatever the text is, the answer is a list of problems: no exception, no runaway.</summary>
public sealed class HostileTextTests
{
    public static TheoryData<string, string> Hostile => new()
    {
        { "empty", "" },
        { "white space", " \r\n\t" },
        { "a comment only", "# nothing\n" },
        { "array at root", "[1, 2]" },
        { "scalar at root", "42" },
        { "JSON string at root", "\"data\"" },
        { "null", "null" },
        { "unclosed brace", "{" },
        { "text after JSON", "{} {}" },
        { "JSON 100,000 deep", Repeat("{\"data\":", 100_000) },
        { "JSON array 100,000 deep", "{\"data\":" + Repeat("[", 100_000) },
        { "YAML flow 100,000 deep", Repeat("[", 100_000) },
        { "YAML map 100,000 deep", "a: " + Repeat("{a: ", 100_000) },
        { "YAML block 1,000 deep", string.Concat(Enumerable.Range(0, 1_000).Select(i => new string(' ', i) + "a:\n")) },
        { "YAML sequence 100,000 deep", Repeat("- ", 100_000) + "x" },
        { "JSON duplicate names", """{ "data": {}, "data": {} }""" },
        { "JSON duplicate names inside", """{ "data": { "width": 1, "width": 2 } }""" },
        { "YAML duplicate names", "data: {}\ndata: {}" },
        { "YAML alias", "data: &a { width: 64 }\nmodel: *a" },
        { "YAML alias to itself", "data: &a { width: *a }" },
        { "YAML unknown alias", "data: *nobody" },
        { "YAML billion laughs", Laughs() },
        { "YAML key is a list", "? [a, b]\n: c" },
        { "YAML key is a map", "? { a: b }\n: c" },
        { "YAML key is an alias", "&a x: 1\n*a : 2" },
        { "YAML tab", "data:\n\twidth: 1" },
        { "YAML two documents", "training: { epochs: 3 }\n---\ntraining: { epochs: 4 }" },
        { "YAML control character", "data: \u0001" },
        { "JSON huge number", """{ "training": { "epochs": 1e999999999 } }""" },
        { "JSON number of a million digits", "{ \"training\": { \"epochs\": " + new string('9', 1_000_000) + " } }" },
        { "YAML huge number", "training: { epochs: 99999999999999999999999 }" },
        { "YAML not a number", "optimizer: { learningRate: .nan }" },
        { "YAML NaN", "optimizer: { learningRate: NaN }" },
        { "JSON NaN", """{ "optimizer": { "learningRate": NaN } }""" },
        { "JSON NaN as text", """{ "optimizer": { "learningRate": "NaN" } }""" },
        { "JSON half a surrogate pair", """{ "data": { "dataset": "\ud800" } }""" },
        { "JSON half a surrogate pair as a name", """{ "\ud800": 1 }""" },
        { "JSON half a surrogate pair as a choice", """{ "data": { "color": "\ud800" } }""" },
        { "JSON nul", "{ \"data\": \0 }" },
        { "long unknown name", "{ \"" + new string('x', 1_000_000) + "\": 1 }" },
        { "many unknown names", "{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"x{i}\":1")) + "}" },
        { "five megabytes", "data: { dataset: " + new string('x', 5_000_000) + " }" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Parse_OfHostileText_AnswersWithShortProblems(string what, string text)
    {
        SpecResult result = SpecText.Parse(text);

        Assert.True(result.Spec is null, what);
        Assert.NotEmpty(result.Problems);
        Assert.All(result.Problems, p => Assert.InRange(p.ToString().Length, 10, 800));
        Assert.InRange(result.Problems.Count, 1, 101);
    }

    [Fact]
    public void Parse_OfTextWithByteOrderMark_ReadsIt()
    {
        Assert.Equal(3, SpecText.Parse("\uFEFF{ \"training\": { \"epochs\": 3 } }").Spec?.Training.Epochs);
        Assert.Equal(3, SpecText.Parse("\uFEFFtraining:\n  epochs: 3\n").Spec?.Training.Epochs);
    }

    [Fact]
    public void Parse_OfYamlTags_CreatesNothingButValues() => Assert.True(SpecText.Parse("data: !!System.Diagnostics.Process { dataset: !<tag:yaml.org,2002:str> 5 }").IsValid);

    [Theory]
    [InlineData("{\n  \"data\": oops\n}", "line 2")]
    [InlineData("data:\n  width: [1\n", "line 3")]
    [InlineData("data: {}\ndata: {}", "line 2")]
    public void Parse_OfBrokenText_SaysWhere(string text, string place) =>
        Assert.Contains(place, Assert.Single(SpecText.Parse(text).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_OfRandomText_NeverThrows()
    {
        Gen<string> pieces = Gen.OneOf(
            Gen.OneOf("{", "}", "[", "]", ":", ",", "-", "?", "&a", "*a", "!", "!!str", "|", ">", "'", "\"", "#", "%", "@", "\n", "\n  ", " ", "\t", "---", "...", "<<", "~"),
            Gen.OneOf("data", "width", "model", "\"data\"", "1", "-1e5", "null", "true", "\\ud800", "\uD800", "\0", "\u0085", "\u2028", "\uFEFF", "👗"),
            Gen.String[0, 4]);
        pieces.Array[0, 40].Select(parts => string.Concat(parts)).Sample(text =>
        {
            SpecResult result = SpecText.Parse(text);
            Assert.Equal(result.Spec is null, result.Problems.Count > 0);
            SpecResult asJson = SpecText.Parse("{" + text);
            Assert.Equal(asJson.Spec is null, asJson.Problems.Count > 0);
        }, iter: 20_000);
    }

    [Fact]
    public void Parse_OfDamagedText_NeverThrows()
    {
        string[] whole = [SpecText.ToJson(Presets.KerasPost.Spec), SpecText.ToYaml(Presets.KerasPost.Spec)];
        Gen.Select(Gen.OneOf(whole), Gen.Int[0, 3000], Gen.Int[0, 20], Gen.String[0, 3]).Sample((text, at, cut, put) =>
        {
            at %= text.Length;
            SpecResult result = SpecText.Parse(text.Remove(at, Math.Min(cut, text.Length - at)).Insert(at, put));
            Assert.Equal(result.Spec is null, result.Problems.Count > 0);
        }, iter: 5_000);
    }

    private static string Repeat(string part, int count) => new StringBuilder(part.Length * count).Insert(0, part, count).ToString();

    private static string Laughs()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        return text.ToString();
    }
}
