using LrcnLab.Core.Metrics;
using LrcnLab.Storage.Metrics;

namespace LrcnLab.Storage.Tests;

/// <summary>What a metric store should hold, in the simplest way: a sorted dictionary a series.</summary>
internal sealed class MetricModel
{
    private readonly Dictionary<string, SortedDictionary<long, MetricPoint>> _series = [];

    public IEnumerable<string> Keys => _series.Keys;

    public void Write(IEnumerable<MetricSample> samples)
    {
        foreach (MetricSample sample in samples)
        {
            if (!_series.TryGetValue(sample.Key, out SortedDictionary<long, MetricPoint>? points))
                _series[sample.Key] = points = [];
            points[sample.Point.Step] = sample.Point;
        }
    }

    public IReadOnlyList<MetricPoint> Points(string key) => [.. _series[key].Values];

    /// <summary>Every point of every series, its summary, and a range, are as they should be.</summary>
    public async Task AssertEqualAsync(MetricStore store, Guid run, CancellationToken cancellationToken)
    {
        Dictionary<string, SeriesSummary> summaries = (await store.ListAsync(run, cancellationToken)).ToDictionary(s => s.Key);
        Assert.Equal(Keys.Order(StringComparer.Ordinal), summaries.Keys.Order(StringComparer.Ordinal));
        foreach (string key in Keys)
        {
            IReadOnlyList<MetricPoint> expected = Points(key);
            MetricSeriesData? all = await store.ReadAsync(run, key, int.MaxValue, null, null, cancellationToken);
            Assert.Equal(expected, Points(all!));
            SeriesSummary summary = summaries[key];
            Assert.Equal((expected.Count, expected[0], expected[^1]), ((int)summary.Count, summary.First, summary.Last));
            double[] finite = [.. expected.Select(p => p.Value).Where(double.IsFinite)];
            if (finite.Length > 0)
                Assert.Equal((finite.Min(), finite.Max()), (summary.Min.Value, summary.Max.Value));
            else
                Assert.False(double.IsFinite(summary.Min.Value) || double.IsFinite(summary.Max.Value));
            Assert.Contains(summary.Min, expected);
            Assert.Contains(summary.Max, expected);

            long from = expected[expected.Count / 3].Step, to = expected[expected.Count / 2].Step;
            MetricSeriesData? part = await store.ReadAsync(run, key, int.MaxValue, from, to, cancellationToken);
            Assert.Equal(expected.Where(p => p.Step >= from && p.Step <= to), Points(part!));
        }
    }

    private static IEnumerable<MetricPoint> Points(MetricSeriesData data) =>
        Enumerable.Range(0, data.Steps.Length).Select(i => new MetricPoint(data.Steps[i], data.Epochs[i], DateTime.UnixEpoch.AddMilliseconds(data.Times[i]), data.Values[i]));
}
