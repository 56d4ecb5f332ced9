using System.Globalization;
using CsvHelper;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs.Export;

/// <summary>One line a point: run, name, key, step, epoch, time, value. Values keep every digit; what is not finite is NaN, Infinity, -Infinity.</summary>
internal sealed class CsvSeriesWriter(Stream to) : ISeriesWriter
{
    private static readonly string[] Columns = ["run", "name", "key", "step", "epoch", "time", "value"];

    private bool _begun;

    public Task WriteAsync(ExportedSeries series, MetricSeriesData part, CancellationToken cancel)
    {
        string run = series.Run.ToString();
        return SendAsync(
            csv =>
            {
                for (int i = 0; i < part.Steps.Length; i++)
                {
                    csv.WriteRecord([
                        run, CsvText.Safe(series.RunName), CsvText.Safe(series.Key), part.Steps[i].ToString(CultureInfo.InvariantCulture), part.Epochs[i].ToString("R", CultureInfo.InvariantCulture),
                        DateTime.UnixEpoch.AddMilliseconds(part.Times[i]).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), part.Values[i].ToString("R", CultureInfo.InvariantCulture)]);
                }
            },
            cancel);
    }

    public async ValueTask DisposeAsync() => await SendAsync(_ => { }, CancellationToken.None);

    // In memory first: a response may not be written to while one waits.
    private async Task SendAsync(Action<CsvWriter> write, CancellationToken cancel)
    {
        using var part = new MemoryStream();
        using (CsvWriter csv = CsvWriter.Create(part, new CsvWriterOptions { NewLine = "\r\n" }, leaveOpen: true))
        {
            if (!_begun)
                csv.WriteRecord(Columns);
            _begun = true;
            write(csv);
        }

        await to.WriteAsync(part.GetBuffer().AsMemory(0, (int)part.Length), cancel);
    }
}
