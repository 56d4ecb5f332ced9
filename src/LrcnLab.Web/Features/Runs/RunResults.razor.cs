using System.Globalization;
using LrcnLab.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs;

/// <summary>Confusion matrices of a run, epoch by epoch, and what follows from them for each class.</summary>
public sealed partial class RunResults
{
    private List<(string Split, int Epoch)> _epochs = [];
    private string _split = "validation";
    private int _epoch;
    private bool _followsNewest = true;
    private int[][]? _counts;
    private long _loadedRevision = -1;

    [Inject]
    public required IDbContextFactory<LabDbContext> Database { get; init; }

    [Parameter, EditorRequired]
    public required Guid RunId { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<string> Classes { get; set; }

    /// <summary>Rises when the run has more matrices.</summary>
    [Parameter]
    public long Revision { get; set; }

    private List<int> Epochs => [.. _epochs.Where(e => e.Split == _split).Select(e => e.Epoch)];

    protected override async Task OnParametersSetAsync()
    {
        if (_loadedRevision == Revision)
            return;
        _loadedRevision = Revision;
        await using LabDbContext db = await Database.CreateDbContextAsync();
        var found = await db.ConfusionMatrices.Where(m => m.RunId == RunId).OrderBy(m => m.Epoch).Select(m => new { m.Split, m.Epoch }).ToListAsync();
        _epochs = [.. found.Select(m => (m.Split, m.Epoch)).OrderByDescending(m => m.Split == "validation").ThenBy(m => m.Epoch)];
        if (_followsNewest && Epochs.Count > 0)
            await ShowAsync(Epochs[^1]);
    }

    private Task ChooseSplitAsync(string split)
    {
        _split = split;
        _followsNewest = true;
        return ShowAsync(Epochs[^1]);
    }

    private Task ScrubAsync(ChangeEventArgs e)
    {
        int index = int.Parse(e.Value?.ToString() ?? "0", CultureInfo.InvariantCulture);
        _followsNewest = index == Epochs.Count - 1;
        return ShowAsync(Epochs[index]);
    }

    private async Task ShowAsync(int epoch)
    {
        _epoch = epoch;
        await using LabDbContext db = await Database.CreateDbContextAsync();
        var matrix = await db.ConfusionMatrices.AsNoTracking().FirstOrDefaultAsync(m => m.RunId == RunId && m.Split == _split && m.Epoch == epoch);
        if (_epoch == epoch)
            _counts = matrix?.Counts;
    }

    private double Accuracy() => _counts is null ? 0 : (double)_counts.Select((row, i) => row[i]).Sum() / Math.Max(1, _counts.Sum(row => row.Sum()));
}
