using LrcnLab.Core.Queries;
using Xunit;

namespace LrcnLab.Core.Tests.Queries;

public sealed class QueryCompletionTests
{
    private static readonly string[] Fields = ["name", "state", "tag", "best(validation/loss)", "last(validation/loss)", "model.sequence.hidden", "optimizer.learningRate"];

    /// <summary>A bar stands where the caret is.</summary>
    [Theory]
    [InlineData("|", 0, "name", "optimizer.learningRate")]
    [InlineData("stat|", 0, "state", "state")]
    [InlineData("hid|", 0, "model.sequence.hidden", "model.sequence.hidden")]
    [InlineData("loss|", 0, "best(validation/loss)", "last(validation/loss)")]
    [InlineData("best(val|", 0, "best(validation/loss)", "best(validation/loss)")]
    [InlineData("state |", 6, "=", "in (")]
    [InlineData("best(validation/loss) |", 22, "=", "in (")]
    [InlineData("state = |", 8, "completed", "\"out of memory\"")]
    [InlineData("state = co|", 8, "completed", "completed")]
    [InlineData("state in (|", 10, "completed", "\"out of memory\"")]
    [InlineData("state in (failed, c|", 18, "completed", "completed")]
    [InlineData("state = \"out|", 8, "\"out of memory\"", "\"out of memory\"")]
    [InlineData("state = failed |", 15, "and", "or")]
    [InlineData("state = failed and |", 19, "name", "optimizer.learningRate")]
    [InlineData("(state = failed or na|", 19, "name", "name")]
    [InlineData("stat| = failed", 0, "state", "state")]
    public void Completion_OffersWhatFits(string text, int at, string first, string last)
    {
        int caret = text.IndexOf('|', StringComparison.Ordinal);
        Completion completion = QueryCompletion.At(text.Remove(caret, 1), caret, Fields, field => field == "state" ? ["completed", "failed", "out of memory"] : []);

        Assert.Equal((at, caret - at), (completion.At, completion.Length));
        Assert.Equal((first, last), (completion.Items[0], completion.Items[^1]));
    }

    /// <summary>Whatever is chosen again and again, what stands there is a query as soon as nothing is missing.</summary>
    [Fact]
    public void Chosen_IsAQuery()
    {
        string text = "";
        foreach (string choose in (string[])["best(validation/loss)", "in (", "0.5"])
        {
            Completion completion = QueryCompletion.At(text, text.Length, Fields, _ => ["0.5"]);
            Assert.Contains(choose, completion.Items);
            text = text.Remove(completion.At, completion.Length) + choose + (choose[^1] == '(' ? "" : " ");
        }

        Assert.Null(RunQuery.Parse(text + ")").Problem);
    }

    [Theory]
    [InlineData("xyzzy", 5)]
    [InlineData("\"", 1)]
    [InlineData(")))(((", -4)]
    [InlineData("best(a best(b", 99)]
    public void Nonsense_OffersNothingThatBreaks(string text, int caret)
    {
        Completion completion = QueryCompletion.At(text, caret, Fields, _ => throw new InvalidOperationException("There is no field here."));

        Assert.InRange(completion.At + completion.Length, 0, text.Length);
    }
}
