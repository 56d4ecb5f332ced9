using LrcnLab.Storage.Metrics;

namespace LrcnLab.Web.Features.Runs.Export;

/// <summary>A series to be written out.</summary>
/// <param name="RunName">What people call the run.</param>
public sealed record ExportedSeries(Guid Run, string RunName, string Key);

/// <summary>A file format for whole series. They come one after the other, each in parts of up to about a thousand points by rising step.</summary>
internal interface ISeriesWriter : IAsyncDisposable
{
    Task WriteAsync(ExportedSeries series, MetricSeriesData part, CancellationToken cancel);
}
