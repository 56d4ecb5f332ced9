using System.Globalization;
using LrcnLab.Web.Components.Shared;

namespace LrcnLab.Web.Features.Compare;

/// <summary>Fields and addresses that parts of the comparison share.</summary>
internal static class CompareWords
{
    /// <summary>The field of a metric's value at an epoch.</summary>
    public static string At(string key, double epoch) => string.Create(CultureInfo.InvariantCulture, $"at({key}, {epoch})");

    /// <summary>Where these fields of the compared runs are downloaded.</summary>
    public static string ExportUrl(string format, Comparison runs, IEnumerable<string> columns) => LabUrls.ExportRuns(format, Query(runs.Runs.Select(r => r.Run.Id)), null, columns);

    /// <summary>The query that finds exactly these runs.</summary>
    public static string Query(IEnumerable<Guid> runs) => $"id in ({string.Join(", ", runs)})";
}
