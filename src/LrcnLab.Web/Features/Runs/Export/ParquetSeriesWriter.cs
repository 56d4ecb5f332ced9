using LrcnLab.Storage.Metrics;
using Parquet;
using Parquet.Schema;

namespace LrcnLab.Web.Features.Runs.Export;

/// <summary>Apache Parquet with the columns run, name, key, step, epoch, time and value, a row group for many parts.</summary>
internal sealed class ParquetSeriesWriter : ISeriesWriter
{
    private const int RowsOfAGroup = 1 << 18;

    private static readonly DataField<string> Run = new("run", false), Name = new("name", false), Key = new("key", false);
    private static readonly DataField<long> Step = new("step");
    private static readonly DataField<double> Epoch = new("epoch"), Value = new("value");
    private static readonly DateTimeDataField Time = new("time", DateTimeFormat.DateAndTime, unit: DateTimeTimeUnit.Millis, isAdjustedToUTC: true);

    private readonly Stream _to;
    private readonly List<string> _runs = [], _names = [], _keys = [];
    private readonly List<long> _steps = [];
    private readonly List<double> _epochs = [], _values = [];
    private readonly List<DateTime> _times = [];
    private ParquetWriter? _writer;

    public ParquetSeriesWriter(Stream to) => _to = to;

    public async Task WriteAsync(ExportedSeries series, MetricSeriesData part, CancellationToken cancel)
    {
        string run = series.Run.ToString();
        for (int i = 0; i < part.Steps.Length; i++)
        {
            _runs.Add(run);
            _names.Add(series.RunName);
            _keys.Add(series.Key);
            _times.Add(DateTime.UnixEpoch.AddMilliseconds(part.Times[i]));
        }

        _steps.AddRange(part.Steps);
        _epochs.AddRange(part.Epochs);
        _values.AddRange(part.Values);
        if (_steps.Count >= RowsOfAGroup)
            await FlushAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await FlushAsync(CancellationToken.None);
        await _writer!.DisposeAsync();
    }

    private async Task FlushAsync(CancellationToken cancel)
    {
        _writer ??= await ParquetWriter.CreateAsync(new ParquetSchema(Run, Name, Key, Step, Epoch, Time, Value), _to, cancellationToken: cancel);
        if (_steps.Count == 0)
            return;
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        await group.WriteAsync(Run, _runs);
        await group.WriteAsync(Name, _names);
        await group.WriteAsync(Key, _keys);
        await group.WriteAsync<long>(Step, _steps.ToArray(), cancellationToken: cancel);
        await group.WriteAsync<double>(Epoch, _epochs.ToArray(), cancellationToken: cancel);
        await group.WriteAsync<DateTime>(Time, _times.ToArray(), cancellationToken: cancel);
        await group.WriteAsync<double>(Value, _values.ToArray(), cancellationToken: cancel);
        group.CompleteValidate();
        _runs.Clear();
        _names.Clear();
        _keys.Clear();
        _steps.Clear();
        _epochs.Clear();
        _times.Clear();
        _values.Clear();
    }
}
