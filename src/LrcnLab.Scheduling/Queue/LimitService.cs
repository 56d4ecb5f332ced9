using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Queue;

/// <summary>Shares and limits of projects, experiments and sweeps. Each answers null, or the refusal in words.</summary>
public sealed class LimitService
{
    public const double SmallestShare = 0.01, LargestShare = 100;
    public const int MostLimit = 10_000;

    private readonly LabWriter _writer;
    private readonly Dispatcher _dispatcher;
    private readonly RunFeed _feed;
    private readonly TimeProvider _clock;

    internal LimitService(LabWriter writer, Dispatcher dispatcher, RunFeed feed, TimeProvider clock) => (_writer, _dispatcher, _feed, _clock) = (writer, dispatcher, feed, clock);

    /// <summary>Makes a project that no run belongs to yet.</summary>
    public async Task<(Guid? Id, string? Refusal)> AddProjectAsync(string name, CancellationToken cancellationToken)
    {
        if (RunGroups.NameRefusal("project", name) is string refusal)
            return (null, refusal);
        string plain = name.Trim();
        return await _writer.WriteAsync<(Guid?, string?)>(
            async db =>
            {
                if (await db.Projects.AnyAsync(p => p.Name == plain, cancellationToken))
                    return (null, $"There is a project \"{plain}\" already.");
                return (db.Projects.Add(new Project { Name = plain, CreatedAt = _clock.GetUtcNow().UtcDateTime }).Entity.Id, null);
            },
            cancellationToken);
    }

    /// <param name="id">Of a project, an experiment or a sweep.</param>
    /// <param name="mostRunning">Runs at once; null for any number. Runs that go on already are not touched.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task<string?> LimitAsync(Guid id, int? mostRunning, CancellationToken cancellationToken) => ChangeAsync(
        async db =>
        {
            if (mostRunning is < 0 or > MostLimit)
                return $"The limit is {mostRunning}: allowed are 0 to {MostLimit} runs at once, or none.";
            if (await db.Projects.FindAsync([id], cancellationToken) is { } project)
                project.MostRunning = mostRunning;
            else if (await db.Experiments.FindAsync([id], cancellationToken) is { } experiment)
                experiment.MostRunning = mostRunning;
            else if (await db.Sweeps.FindAsync([id], cancellationToken) is { } sweep)
                sweep.MostRunning = mostRunning;
            else
                return $"There is no project, experiment or sweep {id}.";
            return null;
        },
        cancellationToken);

    /// <param name="id">Of a project.</param>
    /// <param name="share">One with 2 gets twice the slots of one with 1 while runs of both wait.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task<string?> ShareAsync(Guid id, double share, CancellationToken cancellationToken) => ChangeAsync(
        async db =>
        {
            if (!(share is >= SmallestShare and <= LargestShare))
                return $"The share is {share}: allowed are {SmallestShare} to {LargestShare}.";
            if (await db.Projects.FindAsync([id], cancellationToken) is not { } project)
                return $"There is no project {id}.";
            project.Share = share;
            return null;
        },
        cancellationToken);

    private async Task<string?> ChangeAsync(Func<LabDbContext, Task<string?>> change, CancellationToken cancellationToken)
    {
        string? refusal = await _writer.WriteAsync(change, cancellationToken);
        if (refusal is not null)
            return refusal;
        _feed.Publish(Guid.Empty, RunParts.State);
        await _dispatcher.DispatchAsync(CancellationToken.None);
        return null;
    }
}
