using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;

namespace LrcnLab.Web.Features.Runs.Form;

/// <summary>Launches a grid: a run for each cell, all in one sweep, so that they are found together.</summary>
public sealed class GridLaunch(RunService runs, TimeProvider clock)
{
    private const int LongestName = 200, LongestSweep = 100;

    /// <summary>A name for the sweep of a grid that is launched now.</summary>
    public string Sweep(string name)
    {
        string time = $" {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}";
        return Cut(name.Trim(), LongestSweep - time.Length) + time;
    }

    /// <summary>One after the other; the first that is refused ends it, and those before it stay.</summary>
    /// <param name="cells">Without problems.</param>
    /// <param name="request">What the runs have in common, with the sweep.</param>
    /// <param name="launched">Is told after each how many there are.</param>
    /// <param name="cancellationToken">Ends it between two runs.</param>
    /// <returns>Why one was refused; empty when all are launched.</returns>
    public async Task<IReadOnlyList<SpecProblem>> LaunchAsync(IReadOnlyList<GridCell> cells, RunRequest request, Action<int> launched, CancellationToken cancellationToken)
    {
        for (int i = 0; i < cells.Count; i++)
        {
            CreateRunResult result = await runs.CreateAsync(request with { Spec = cells[i].Result.Spec!, Name = Cut($"{request.Name} {cells[i].Suffix}", LongestName), Draft = null }, cancellationToken);
            if (result.Id is null)
                return result.Problems;
            launched(i + 1);
        }

        return [];
    }

    private static string Cut(string text, int length) => text.Length > length ? text[..length] : text;
}
