using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Metrics;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs;

/// <param name="Title">What it is called; once.</param>
/// <param name="Keys">Metrics that it draws.</param>
public sealed record OwnChart(string Title, IReadOnlyList<string> Keys);

/// <summary>Charts that people put on top, and charts that they made, the same on every run's page.</summary>
/// <param name="Pinned">Titles.</param>
public sealed record ChartChoice(IReadOnlyList<string> Pinned, IReadOnlyList<OwnChart> Own)
{
    public static readonly ChartChoice None = new([], []);
}

/// <summary>Keeps <see cref="ChartChoice"/>.</summary>
public sealed class ChartChoices(IDbContextFactory<LabDbContext> contexts, LabWriter writer)
{
    private const string Key = "charts";
    private const int Most = 50;

    public async Task<ChartChoice> ReadAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return Parse((await db.Settings.AsNoTracking().SingleOrDefaultAsync(s => s.Key == Key, cancellationToken))?.Value);
    }

    /// <summary>Puts a chart on top, or back to its place.</summary>
    public Task<ChartChoice> PinAsync(string title, bool on, CancellationToken cancellationToken) =>
        ChangeAsync(choice => choice with { Pinned = on ? [.. choice.Pinned.Append(title).Distinct().Take(Most)] : [.. choice.Pinned.Where(t => t != title)] }, cancellationToken);

    /// <summary>Keeps a chart, in place of one of the same title.</summary>
    /// <returns>The choice with it, or why not, in words.</returns>
    public async Task<(ChartChoice? Choice, string? Problem)> AddAsync(OwnChart chart, CancellationToken cancellationToken)
    {
        if (chart.Title.Trim().Length is 0 or > 100 || chart.Title.Any(char.IsControl))
            return (null, "A chart needs a title of 1 to 100 characters.");
        if (chart.Keys.Count is 0 or > 20 || !chart.Keys.All(MetricKeys.IsValid))
            return (null, "A chart draws 1 to 20 metrics.");
        if ((await ReadAsync(cancellationToken)).Own.Count(c => c.Title != chart.Title) >= Most)
            return (null, $"There are {Most} own charts already: remove one first.");
        return (await ChangeAsync(choice => choice with { Own = [.. choice.Own.Where(c => c.Title != chart.Title), chart] }, cancellationToken), null);
    }

    public Task<ChartChoice> RemoveAsync(string title, CancellationToken cancellationToken) =>
        ChangeAsync(choice => new ChartChoice([.. choice.Pinned.Where(t => t != title)], [.. choice.Own.Where(c => c.Title != title)]), cancellationToken);

    private Task<ChartChoice> ChangeAsync(Func<ChartChoice, ChartChoice> change, CancellationToken cancellationToken) => writer.WriteAsync(
        async db =>
        {
            Setting? setting = await db.Settings.SingleOrDefaultAsync(s => s.Key == Key, cancellationToken);
            ChartChoice changed = change(Parse(setting?.Value));
            string value = JsonSerializer.Serialize(changed, LabJson.Options);
            if (setting is null)
                db.Settings.Add(new Setting { Key = Key, Value = value });
            else
                setting.Value = value;
            return changed;
        },
        cancellationToken);

    /// <summary>What a later version wrote differently counts as nothing chosen.</summary>
    private static ChartChoice Parse(string? json)
    {
        try
        {
            return json is not null && JsonSerializer.Deserialize<ChartChoice>(json, LabJson.Options) is { Pinned: not null, Own: not null } choice ? choice : ChartChoice.None;
        }
        catch (JsonException)
        {
            return ChartChoice.None;
        }
    }
}
