using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

public sealed class RetentionTests
{
    private const string Accuracy = "validation/accuracy_top1", Loss = "validation/loss";

    private static readonly RetainedCheckpoint[] Run =
    [
        Of(0, start: true), Of(1, 0.5, 2.0), Of(2, 0.9, 1.5), Of(3, 0.9, 1.0), Of(4, double.NaN, 1.2), Of(5, 0.7, 0.8, name: "for the paper"), Of(6, 0.6, 0.9),
    ];

    [Theory]
    [InlineData(1, 0, 0, Accuracy, false, "0 2 5")]
    [InlineData(2, 0, 0, Accuracy, false, "0 2 3 5")]
    [InlineData(1, 0, 0, Loss, false, "0 5")]
    [InlineData(0, 2, 0, Accuracy, false, "0 5 6")]
    [InlineData(0, 0, 2, Accuracy, false, "0 2 4 5 6")]
    [InlineData(1, 0, 0, Accuracy, true, "0 2 5 6")]
    [InlineData(1, 0, 0, "no/such", false, "0 5")]
    [InlineData(1000, 1000, 1, Accuracy, false, "0 1 2 3 4 5 6")]
    public void Kept_ByAnyRule(int best, int last, int every, string metric, bool mayGoOn, string epochs)
    {
        var reasons = Retention.Reasons(new RetentionPolicy { Best = best, Last = last, EveryEpochs = every, Metric = metric }, Run, mayGoOn);

        Assert.Equal(epochs, string.Join(' ', Run.Where(c => reasons[c.Id].Count > 0).Select(c => c.Epoch)));
    }

    [Fact]
    public void Reasons_AreAllSaid()
    {
        var reasons = Retention.Reasons(new RetentionPolicy { Best = 1, Last = 2, EveryEpochs = 5, Metric = Loss }, Run, mayGoOn: false);

        Assert.Equal(["among the best 1 by validation/loss", "among the last 2", "of every 5 epochs", "named"], reasons[Run[5].Id]);
        Assert.Equal(["begins a fork"], reasons[Run[0].Id]);
    }

    [Fact]
    public void OfEqualOnes_TheOneThatIsCalledBestOrLast_IsKept()
    {
        RetainedCheckpoint epoch = Of(3, 0.9), best = epoch with { Id = Guid.CreateVersion7(), Kind = "best" }, last = epoch with { Id = Guid.CreateVersion7(), Kind = "last" };

        var reasons = Retention.Reasons(new RetentionPolicy(), [epoch, best, last], mayGoOn: false);

        Assert.Equal((0, 1, 1), (reasons[epoch.Id].Count, reasons[best.Id].Count, reasons[last.Id].Count));
    }

    /// <summary>More rules never keep less, and what a run goes on from is never lost.</summary>
    [Fact]
    public void Union_OfRules_NeverLosesWhatOneKeeps()
    {
        var random = new Random(7);
        for (int i = 0; i < 500; i++)
        {
            RetainedCheckpoint[] run = [.. Enumerable.Range(1, random.Next(1, 12)).Select(e => Of(e, Math.Round(random.NextDouble(), 1), 1, random.Next(4) == 0 ? "named" : null))];
            RetentionPolicy one = new() { Best = random.Next(3), Last = random.Next(3), EveryEpochs = random.Next(4) };
            RetentionPolicy more = one with { Best = one.Best + random.Next(3), Last = one.Last + random.Next(3) };
            HashSet<Guid> kept = Kept(one, run), alsoKept = Kept(more, run);
            Assert.Subset(alsoKept, kept);
            Assert.Contains(run[^1].Id, Retention.Reasons(one, run, mayGoOn: true).Where(r => r.Value.Count > 0).Select(r => r.Key));
        }
    }

    [Theory]
    [InlineData(0, 0, 0, Accuracy, "No rule keeps anything")]
    [InlineData(-1, 1, 0, Accuracy, "allowed are 0 to 1000")]
    [InlineData(1, 1, 0, "a b", "is no metric")]
    [InlineData(1, 0, 0, Accuracy, null)]
    public void Refusal_InWords(int best, int last, int every, string metric, string? expected)
    {
        string? refusal = new RetentionPolicy { Best = best, Last = last, EveryEpochs = every, Metric = metric }.Refusal();
        Assert.Equal(expected is null, refusal is null);
        if (expected is not null)
            Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    private static HashSet<Guid> Kept(RetentionPolicy policy, RetainedCheckpoint[] run) => [.. Retention.Reasons(policy, run, mayGoOn: false).Where(r => r.Value.Count > 0).Select(r => r.Key)];

    private static RetainedCheckpoint Of(int epoch, double accuracy = double.NaN, double loss = double.NaN, string? name = null, bool start = false) =>
        new(Guid.CreateVersion7(), start ? "start" : $"epoch-{epoch}", epoch, epoch * 10, name, new Dictionary<string, double> { [Accuracy] = accuracy, [Loss] = loss });
}
