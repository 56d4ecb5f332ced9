using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using LrcnLab.Core;
using LrcnLab.Core.Queries;
using LrcnLab.Web.Hosting;
using Parquet;
using Parquet.Schema;

namespace LrcnLab.Web.Features.Runs.Table;

/// <summary>A table of runs as a file, with the id of each run in front of its columns. Numbers keep every digit; where a run has no value there is none.</summary>
public static class RunTableExport
{
    /// <summary>Media type and file extension by the format's name.</summary>
    public static IReadOnlyDictionary<string, (string Type, string Extension)> Formats { get; } = new Dictionary<string, (string, string)>
    {
        ["csv"] = ("text/csv", "csv"),
        ["json"] = ("application/json", "json"),
        ["parquet"] = ("application/vnd.apache.parquet", "parquet"),
    };

    public static Task WriteAsync(RunTableData table, string format, Stream to, CancellationToken cancellationToken) => format switch
    {
        "json" => JsonAsync(table, to, cancellationToken),
        "parquet" => ParquetAsync(table, to, cancellationToken),
        _ => CsvAsync(table, to, cancellationToken),
    };

    private static async Task CsvAsync(RunTableData table, Stream to, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        using (CsvWriter csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\r\n" }, leaveOpen: true))
        {
            csv.WriteRecord(["run", .. table.Columns.Select(c => c.ToString())]);
            foreach (RunTableRow row in table.Rows)
                csv.WriteRecord([row.Run.Id.ToString(), .. table.Columns.Select(c => row.Entry.Get(c)).Select(v => v.Number is null && v.Time is null ? CsvText.Safe(v.ToString()) : v.ToString())]);
        }

        await to.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), cancellationToken);
    }

    private static async Task JsonAsync(RunTableData table, Stream to, CancellationToken cancellationToken)
    {
        var rows = new JsonArray();
        foreach (RunTableRow row in table.Rows)
        {
            var one = new JsonObject { ["run"] = row.Run.Id };
            for (int i = 0; i < table.Columns.Count; i++)
                one[table.Columns[i].ToString()] = Json(row.Entry.Get(table.Columns[i]));
            rows.Add((JsonNode)one);
        }

        await JsonSerializer.SerializeAsync(to, rows, LabJson.Options, cancellationToken);
    }

    private static JsonValue? Json(RunValue value) =>
        value.Number is double number ? double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture))
        : value.IsNone ? null : JsonValue.Create(value.ToString());

    private static async Task ParquetAsync(RunTableData table, Stream to, CancellationToken cancellationToken)
    {
        var run = new DataField<string>("run", false);
        DataField[] fields = [.. table.Columns.Select(column => Field(column.ToString(), [.. table.Rows.Select(r => r.Entry.Get(column))]))];
        // It goes back to write what it knows at the end only.
        using var file = new MemoryStream();
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema([run, .. fields]), file, cancellationToken: cancellationToken))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(run, [.. table.Rows.Select(r => r.Run.Id.ToString())]);
            for (int i = 0; i < fields.Length; i++)
            {
                RunValue[] values = [.. table.Rows.Select(r => r.Entry.Get(table.Columns[i]))];
                if (fields[i] is DataField<double?>)
                    await group.WriteAsync<double>(fields[i], values.Select(v => v.Number).ToArray(), cancellationToken: cancellationToken);
                else if (fields[i] is DateTimeDataField)
                    await group.WriteAsync<DateTime>(fields[i], values.Select(v => v.Time).ToArray(), cancellationToken: cancellationToken);
                else
                    await group.WriteAsync(fields[i], [.. values.Select(v => v.IsNone ? null! : v.ToString())]);
            }

            group.CompleteValidate();
        }

        await to.WriteAsync(file.GetBuffer().AsMemory(0, (int)file.Length), cancellationToken);
    }

    /// <summary>A setting is a column of numbers where every run has a number.</summary>
    private static DataField Field(string name, RunValue[] values) =>
        values.Any(v => v.Time is not null) ? new DateTimeDataField(name, DateTimeFormat.DateAndTime, isNullable: true, unit: DateTimeTimeUnit.Millis, isAdjustedToUTC: true)
        : values.Any(v => v.Number is not null) && values.All(v => v.Number is not null || v.IsNone) ? new DataField<double?>(name)
        : new DataField<string>(name, true);
}
