using LrcnLab.Web.Components.Charts;
using LrcnLab.Web.Components.Shared;

namespace LrcnLab.Web.Features.Queue;

/// <summary>Which measures of a machine are drawn together: those with one unit.</summary>
public static class NodeCharts
{
    private static readonly (string Title, Func<string, bool> Belongs)[] Known =
    [
        ("Busy cores", k => k == "cpu_cores"),
        ("Busy slots", k => k == "slots_busy"),
        ("Memory in use", k => k == "memory_bytes"),
        ("Free on the disk", k => k == "disk_free_bytes"),
        ("Load of the GPUs", k => k.EndsWith("_percent", StringComparison.Ordinal)),
        ("Memory of the GPUs", k => k.StartsWith("gpu", StringComparison.Ordinal) && k.EndsWith("_memory_bytes", StringComparison.Ordinal)),
        ("Temperature of the GPUs", k => k.EndsWith("_celsius", StringComparison.Ordinal)),
        ("Power of the GPUs", k => k.EndsWith("_watts", StringComparison.Ordinal)),
    ];

    private static readonly string[] Colors = ["#2f86c9", "#d1682a", "#3a9d5d", "#9a5fc4", "#c23b6b", "#8a8a2e"];

    public static IEnumerable<(string Title, IReadOnlyList<ChartSeries> Series)> Of(string node, IReadOnlyList<string> keys) =>
        Known.Select(c => (c.Title, Keys: keys.Where(c.Belongs).ToList())).Where(c => c.Keys.Count > 0)
            .Select(c => (c.Title, (IReadOnlyList<ChartSeries>)[.. c.Keys.Select((k, i) => new ChartSeries(k, LabUrls.NodeSeries(node, k), Colors[i % Colors.Length]))]));
}
