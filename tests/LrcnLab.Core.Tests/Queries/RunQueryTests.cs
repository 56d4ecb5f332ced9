using CsCheck;
using LrcnLab.Core.Queries;
using Xunit;

namespace LrcnLab.Core.Tests.Queries;

public sealed class RunQueryTests
{
    private static readonly DateTime Now = new(2026, 11, 27, 12, 0, 0, DateTimeKind.Utc);

    private static readonly FakeRun[] Runs =
    [
        new("wide lstm", new() { ["state"] = RunValue.Of("completed"), ["model.lstm.hidden"] = RunValue.OfSetting("512"), ["model.cell"] = RunValue.OfSetting("lstm"), ["best(validation/accuracy_top1)"] = RunValue.Of(0.9), ["at(train/loss, 5)"] = RunValue.Of(0.25), ["created"] = RunValue.Of(Now.AddHours(-1)), ["duration"] = RunValue.Of(3600) }),
        new("narrow gru", new() { ["state"] = RunValue.Of("failed"), ["model.lstm.hidden"] = RunValue.OfSetting("128"), ["model.cell"] = RunValue.OfSetting("gru"), ["best(validation/accuracy_top1)"] = RunValue.Of(double.NaN), ["created"] = RunValue.Of(Now.AddDays(-3)), ["duration"] = RunValue.Of(30), ["failure"] = RunValue.Of("out of memory"), ["tag"] = RunValue.Of("old, paper") }) { Tags = ["old", "paper"] },
        new("baseline", new() { ["state"] = RunValue.Of("running"), ["best(validation/accuracy_top1)"] = RunValue.Of(0.5), ["created"] = RunValue.Of(new DateTime(2026, 11, 1, 23, 0, 0, DateTimeKind.Utc)) }),
    ];

    [Theory]
    [InlineData("", "wide lstm|narrow gru|baseline")]
    [InlineData("lstm", "wide lstm")]
    [InlineData("LSTM wide", "wide lstm")]
    [InlineData("\"wide lstm\"", "wide lstm")]
    [InlineData("not lstm", "narrow gru|baseline")]
    [InlineData("state = failed", "narrow gru")]
    [InlineData("state=failed", "narrow gru")]
    [InlineData("STATE == \"Failed\"", "narrow gru")]
    [InlineData("state != failed", "wide lstm|baseline")]
    [InlineData("state in (failed, running)", "narrow gru|baseline")]
    [InlineData("not state in (failed)", "wide lstm|baseline")]
    [InlineData("state ~ fail", "narrow gru")]
    [InlineData("state !~ fail", "wide lstm|baseline")]
    [InlineData("model.lstm.hidden >= 256", "wide lstm")]
    [InlineData("model.lstm.hidden < 5e2", "narrow gru")]
    [InlineData("model.lstm.hidden != 128", "wide lstm|baseline")]
    [InlineData("model.lstm.hidden = none", "baseline")]
    [InlineData("model.lstm.hidden != none", "wide lstm|narrow gru")]
    [InlineData("model.cell = gru", "narrow gru")]
    [InlineData("best(validation/accuracy_top1) > 0.8", "wide lstm")]
    [InlineData("best(validation/accuracy_top1) <= 0.9", "wide lstm|baseline")]
    [InlineData("best(validation/accuracy_top1) = none", "narrow gru")]
    [InlineData("at(train/loss, 5) < 0.5", "wide lstm")]
    [InlineData("created > 2d", "wide lstm")]
    [InlineData("created < 2d", "narrow gru|baseline")]
    [InlineData("created = 2026-11-01", "baseline")]
    [InlineData("created >= 2026-11-24T00:00", "wide lstm|narrow gru")]
    [InlineData("duration > 5m", "wide lstm")]
    [InlineData("duration <= 30", "narrow gru")]
    [InlineData("failure = \"out of memory\"", "narrow gru")]
    [InlineData("state = running or state = failed and model.cell = gru", "narrow gru|baseline")]
    [InlineData("(state = running or state = failed) and model.cell = gru", "narrow gru")]
    [InlineData("model.lstm.hidden >= 256 and best(validation/accuracy_top1) > 0.8 or failure = none and baseline", "wide lstm|baseline")]
    [InlineData("not (not lstm)", "wide lstm")]
    [InlineData("tag = paper", "narrow gru")]
    [InlineData("tag != paper", "wide lstm|baseline")]
    [InlineData("tag in (new, OLD)", "narrow gru")]
    [InlineData("tag ~ ape", "narrow gru")]
    [InlineData("tag !~ ape", "wide lstm|baseline")]
    [InlineData("tag = none", "wide lstm|baseline")]
    [InlineData("tag = \"old, paper\"", "")]
    public void Query_FindsTheseRuns(string text, string expected)
    {
        (RunQuery? query, QueryProblem? problem) = RunQuery.Parse(text);

        Assert.Null(problem);
        Assert.Equal(expected, string.Join('|', Runs.Where(r => query!.Matches(r, Now)).Select(r => r.Name)));
    }

    [Theory]
    [InlineData("states = failed", 0, 6, "There is no field \"states\"")]
    [InlineData("lstm and", 8, 1, "Something is missing at the end")]
    [InlineData("state =", 7, 1, "a value was expected")]
    [InlineData("state = (a)", 8, 1, "a value was expected")]
    [InlineData("(lstm", 0, 1, "never closed")]
    [InlineData("lstm)", 4, 1, "never opened")]
    [InlineData("or lstm", 0, 2, "cannot stand here")]
    [InlineData("name = \"x", 7, 2, "quotation mark has no end")]
    [InlineData("step > many", 7, 4, "step is a number, and \"many\" is none")]
    [InlineData("duration > long", 11, 4, "time span")]
    [InlineData("created > soon", 10, 4, "2026-11-01")]
    [InlineData("validation/loss < 1", 0, 15, "best(validation/loss)")]
    [InlineData("best(train/loss < 1", 0, 4, "never closed")]
    [InlineData("worst(train/loss) < 1", 0, 17, "There is no function \"worst\"")]
    [InlineData("at(train/loss) < 1", 0, 14, "takes a metric and an epoch")]
    [InlineData("at(train/loss,x) < 1", 0, 16, "takes a metric and an epoch")]
    [InlineData("state in failed", 9, 6, "a list was expected")]
    [InlineData("state in ()", 10, 1, "The list is empty")]
    [InlineData("step > none", 7, 4, "= and !=")]
    public void WrongQuery_IsSaidWithItsPlace(string text, int at, int length, string message)
    {
        QueryProblem? problem = RunQuery.Parse(text).Problem;

        Assert.NotNull(problem);
        Assert.Equal((at, length), (problem.At, problem.Length));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyText_IsAQueryOrHasAProblemWithinIt()
    {
        string[] words = ["and", "or", "not", "in", "(", ")", ",", "=", "!=", ">", "~", "state", "step", "best(train/loss)", "at(a, 1)", "7", "\"x y\"", "lstm", "created", "2d", "none", "model.lstm.hidden", "\"", "!"];
        Gen.OneOf(words).Array[0, 12].Select(w => string.Join(' ', w)).Sample(
            text =>
            {
                (RunQuery? query, QueryProblem? problem) = RunQuery.Parse(text);
                Assert.True(query is null != problem is null);
                if (problem is not null)
                    Assert.InRange(problem.At, 0, text.Length);
                else
                    Assert.All(Runs, r => Assert.Equal(query!.Matches(r, Now), query.Matches(r, Now)));
            },
            iter: 20_000);
        Assert.NotNull(RunQuery.Parse(new string('(', 5000)).Problem);
        Assert.NotNull(RunQuery.Parse(string.Concat(Enumerable.Repeat("not ", 5000)) + "a").Problem);
    }

    [Fact]
    public void Field_IsReadAsItIsWritten()
    {
        foreach (string text in (string[])["state", "optimizer.learningRate", "best(validation/loss)", "last(train/loss)", "min(a)", "max(a)", "first(a)", "count(a)", "at(train/loss, 2.5)"])
            Assert.Equal(text, RunField.Parse(text).Field!.ToString());
        Assert.Equal("at(train/loss, 5)", RunField.Parse(" AT( train/loss ,5 )").Field!.ToString());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with \"quotes\" and \\ back\\\\slashes")]
    [InlineData("a) or (state = failed")]
    public void Quote_IsTakenForExactlyThatValue(string name)
    {
        RunQuery query = RunQuery.Parse($"name = {RunQuery.Quote(name)}").Query!;

        Assert.True(query.Matches(new FakeRun(name, new() { ["name"] = RunValue.Of(name) }), Now));
        Assert.False(query.Matches(new FakeRun("x", new() { ["name"] = RunValue.Of("x"), ["state"] = RunValue.Of("failed") }), Now));
    }

    private sealed record FakeRun(string Name, Dictionary<string, RunValue> Values) : IRunValues
    {
        public IEnumerable<string> Words => [Name];

        public IReadOnlyList<string> Tags { get; init; } = [];

        public RunValue Get(RunField field) => Values.GetValueOrDefault(field.ToString());
    }
}
