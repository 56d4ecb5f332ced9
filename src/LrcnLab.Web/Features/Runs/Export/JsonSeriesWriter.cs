using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Storage.Metrics;

namespace LrcnLab.Web.Features.Runs.Export;

/// <summary>JSON lines, one for each part of a series: run, name, key, and the columns steps, epochs, times (ms since 1970, UTC), values.</summary>
internal sealed class JsonSeriesWriter(Stream to) : ISeriesWriter
{
    public async Task WriteAsync(ExportedSeries series, MetricSeriesData part, CancellationToken cancel)
    {
        string line = JsonSerializer.Serialize(new { series.Run, Name = series.RunName, series.Key, part.Steps, part.Epochs, part.Times, part.Values }, LabJson.Options);
        await to.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancel);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
