using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

public sealed class RunTagTests
{
    [Theory]
    [InlineData("paper", true)]
    [InlineData("<script>alert(1)</script>", true)]
    [InlineData("=SUM(A1)", true)]
    [InlineData("", false)]
    [InlineData("a,b", false)]
    [InlineData("a\"b", false)]
    [InlineData("a\nb", false)]
    [InlineData(" a", false)]
    public void Tag_IsAWordOrAFew(string tag, bool allowed) => Assert.Equal(allowed, RunTag.Problem(tag) is null);

    [Fact]
    public void TenThousandCharacters_AreRefused_AndNotRepeated()
    {
        string problem = RunTag.Problem(new string('x', 10_000))!;

        Assert.Contains("10000 characters", problem, StringComparison.Ordinal);
        Assert.True(problem.Length < 200);
    }

    [Fact]
    public void Change_AddsAndTakesAway_WhateverTheCase()
    {
        Assert.Equal(["a", "Paper"], RunTag.Change(["Paper", "old"], ["paper", " a "], ["OLD"]).Tags);
        Assert.Contains("21 tags", RunTag.Change([], Enumerable.Range(0, 21).Select(i => $"t{i}"), []).Refusal, StringComparison.Ordinal);
    }
}
