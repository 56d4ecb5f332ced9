namespace LrcnLab.Storage.Metrics;

public sealed class MetricStore(LabWriter writer)
{
    public ValueTask WriteAsync(Guid runId, IReadOnlyList<MetricSample> samples, CancellationToken cancellationToken) => throw new NotImplementedException(writer.ToString());

    /// <summary>Null when the run has no such series.</summary>
    /// <param name="points">About how many points to return at most; those that are not finite come on top.</param>
    /// <param name="fromStep">First step wanted, inclusive; null for the beginning.</param>
    /// <param name="toStep">Last step wanted, inclusive; null for the end.</param>
    public Task<MetricSeriesData?> ReadAsync(Guid runId, string key, int points, long? fromStep, long? toStep, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<SeriesSummary>> ListAsync(Guid runId, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<SeriesSummary>> ListAsync(IReadOnlyCollection<Guid> runIds, CancellationToken cancellationToken) => throw new NotImplementedException();
}
