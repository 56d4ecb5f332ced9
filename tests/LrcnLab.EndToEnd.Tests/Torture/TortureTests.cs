using System.Globalization;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Torture;

/// <summary>
/// Runs of a few seconds while worker, program or both are killed with <c>kill -9</c>, at random instants and in the middle of what is delicate.
/// <c>LRCNLAB_TORTURE_ROUNDS</c> sets the number of rounds, <c>LRCNLAB_TORTURE_SEED</c> repeats those of an earlier time.
/// </summary>
public sealed class TortureTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_AtAnyInstant_LoseNothingAndChangeNothing()
    {
        ProcessTable.Require();
        int rounds = Setting("LRCNLAB_TORTURE_ROUNDS") ?? 5, seed = Setting("LRCNLAB_TORTURE_SEED") ?? Environment.TickCount;
        await using var lab = new TortureLab();
        await lab.StartAsync(Cancel);
        await lab.WaitForSampleAsync(Cancel);
        Outcome undisturbed = await lab.WaitForEndAsync(await lab.LaunchAsync("undisturbed", Cancel), Cancel);
        Say($"seed {seed}; an undisturbed run has {undisturbed.Loss.Count} steps, weights {undisturbed.Weights[..12]}");
        for (int round = 1; round <= rounds; round++)
            await RoundAsync(lab, round, new Random(unchecked(seed * 1000 + round)), undisturbed);
        await lab.AssertNothingIsLooseAsync(Cancel);
    }

    private async Task RoundAsync(TortureLab lab, int round, Random random, Outcome undisturbed)
    {
        IReadOnlyList<Strike> strikes = Strike.Draw(random);
        Say($"round {round}: {string.Join("; ", strikes)}");
        Guid run = await lab.LaunchAsync($"round-{round}", Cancel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<int> twice = Task.Run(() => CountTogetherAsync(run, over.Token), Cancel);
        var promises = new Promises();
        int struck = 0;
        foreach (Strike strike in strikes)
        {
            if (!await lab.WaitForAsync(run, strike, Cancel))
                break;
            await promises.AskAsync(lab.Lab.Api, run, Cancel);
            await lab.StrikeAsync(run, strike, Cancel);
            struck++;
            await lab.AssertTruthAsync(run, Cancel);
            await promises.AskAsync(lab.Lab.Api, run, Cancel);
        }

        await lab.AssertEndAsync(run, undisturbed, Cancel);
        await promises.AskAsync(lab.Lab.Api, run, Cancel);
        await over.CancelAsync();
        Say($"  struck {struck} times, {(await lab.Lab.Api.GetAsync($"runs/{run}", Cancel))["attempt"]} attempts, {promises.Points} points kept");
        Assert.True(await twice <= 1, "Two workers trained the run at once.");
    }

    /// <summary>The most workers of the run that were alive at one instant.</summary>
    private static async Task<int> CountTogetherAsync(Guid run, CancellationToken over)
    {
        int most = 0;
        while (!over.IsCancellationRequested)
        {
            most = Math.Max(most, ProcessTable.WorkersOf(run).Count);
            await Task.Delay(50, CancellationToken.None);
        }

        return most;
    }

    private void Say(string text)
    {
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("LRCNLAB_TORTURE_ROUNDS") is not null)
            Console.Error.WriteLine(text);
    }

    private static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
