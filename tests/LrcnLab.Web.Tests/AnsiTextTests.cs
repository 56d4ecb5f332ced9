using LrcnLab.Web.Features.Runs.Logs;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class AnsiTextTests
{
    [Fact]
    public void Pieces_FollowTheCodes() => Assert.Equal(
        [new AnsiPiece("plain ", ""), new AnsiPiece("red", "sgr-c1"), new AnsiPiece(" bold red", "sgr-bold sgr-c1"), new AnsiPiece(" green", "sgr-bold sgr-c2"), new AnsiPiece(" <b>", "")],
        AnsiText.Pieces("plain \u001b[31mred\u001b[1m bold red\u001b[92m green\u001b[m <b>"));

    [Theory]
    [InlineData("\u001b[38;5;31mx", "")]
    [InlineData("\u001b[38;2;31;32;33mx", "")]
    [InlineData("\u001b[1;4mx", "sgr-bold sgr-underline")]
    [InlineData("\u001b[1m\u001b[22mx", "")]
    [InlineData("\u001b[31m\u001b[39mx", "")]
    public void Codes_OfOtherColours_AreNoColoursOfOurs(string text, string expected) => Assert.Equal([new AnsiPiece("x", expected)], AnsiText.Pieces(text));

    [Fact]
    public void Plain_HasNoCodes() => Assert.Equal("a b", AnsiText.Plain("\u001b[1ma\u001b[0m b"));
}
