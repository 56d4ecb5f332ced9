using CsvHelper;

namespace LrcnLab.Media.Import.Layouts;

/// <summary>Rows of a CSV file by column name; names in any order and case, the separator (comma, semicolon, tab) is detected.</summary>
internal static class CsvTable
{
    /// <summary>Rows longer than this mean an unclosed quote.</summary>
    private const int MaxRowBytes = 1 << 20;

    private static readonly CsvReaderOptions Options = new() { TrimWhitespace = true, TrackLineNumbers = true, MaxRecordSize = MaxRowBytes };

    /// <summary>Lower-case column names; empty for a file without any.</summary>
    public static IReadOnlySet<string> Columns(string path)
    {
        using CsvReader reader = CsvReader.Create(File.OpenRead(path), Options);
        return reader.Headers.Select(h => h.Trim().ToLowerInvariant()).ToHashSet();
    }

    /// <summary>The line of the file on which a row starts, and a function that gives a column's text, empty when it is missing.</summary>
    public static IEnumerable<(long Line, Func<string, string> Field)> Rows(string path)
    {
        using CsvReader reader = CsvReader.Create(File.OpenRead(path), Options);
        string Field(string column) => reader.TryGetFieldIndex(column, out int index) && index < reader.FieldCount ? reader.GetString(index) : "";
        while (reader.Read())
            yield return (reader.LineNumber, Field);
    }
}
