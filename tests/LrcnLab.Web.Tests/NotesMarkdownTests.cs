using LrcnLab.Web.Components.Shared;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class NotesMarkdownTests
{
    [Fact]
    public void ToHtml_OfMarkdown_IsFormatted()
    {
        string html = NotesMarkdown.ToHtml("# Source\n\n##### Deep\n\nFrom **GRID**, see [its page](https://spandh.dcs.shef.ac.uk/gridcorpus/).").Value;

        // The page has its first heading, the notes' card its second.
        Assert.Contains("<h3>Source</h3>", html, StringComparison.Ordinal);
        Assert.Contains("<h6>Deep</h6>", html, StringComparison.Ordinal);
        Assert.Contains("<strong>GRID</strong>", html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://spandh.dcs.shef.ac.uk/gridcorpus/\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("a <b onmouseover=alert(1)>b</b>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](  JaVaScRiPt:alert(1))")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("![x](https://example.org/spy.png)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("[x][y]\n\n[y]: javascript:alert(1)")]
    [InlineData("[x](/api/v1/runs)")]
    public void ToHtml_OfHostileText_RunsAndLoadsNothing(string notes)
    {
        string html = NotesMarkdown.ToHtml(notes).Value;

        Assert.DoesNotMatch("<(script|img|b )|href=\"(?!https?:|mailto:|\")", html);
    }
}
