namespace LrcnLab.Web.Components.Shared;

/// <summary>Every address that a page links to.</summary>
public static class LabUrls
{
    public const string Api = "/api/v1";

    public static string Run(Guid id, string? tab = null) => tab is null ? $"/runs/{id}" : $"/runs/{id}?tab={tab}";
    public static string NewRun(string? preset = null, Guid? from = null) => from is { } run ? $"/runs/new?from={run}" : preset is null ? "/runs/new" : $"/runs/new?preset={preset}";
    public static string EditDraft(Guid draft) => $"/runs/new?draft={draft}";
    public static string Fork(Guid run, Guid checkpoint) => $"/runs/new?from={run}&fork={checkpoint}";
    /// <summary>The runs of which a field is exactly this.</summary>
    public static string RunsWith(string field, string value) => $"/runs?q={Uri.EscapeDataString($"{field} = {Core.Queries.RunQuery.Quote(value)}")}";
    public static string Compare(IEnumerable<Guid> runs) => $"/compare?runs={string.Join(',', runs)}";
    public static string Dataset(Guid id) => $"/data/{id}";
    public static string Versions(Guid id) => $"/data/{id}/versions";
    public static string DatasetVersion(Guid id, int number) => $"/data/{id}?version={number}";
    public static string EditVersion(Guid id, int number) => $"/data/{id}/edit?version={number}";
    public static string Leaks(Guid id, int number) => $"/data/{id}/leaks?version={number}";
    public static string Preview(Guid version, int sample) => $"{Api}/datasets/versions/{version}/samples/{sample}/preview";
    public static string Clip(Guid version, string key, int sample, int frames) => $"{Api}/datasets/versions/{version}/clips/{key}/{sample}?frames={frames}";
    public static string DataCard(Guid version, string format) => $"{Api}/datasets/versions/{version}/card?format={format}";
    public static string Problems(Guid version) => $"{Api}/datasets/versions/{version}/problems";
    public static string Series(Guid run, string key) => $"{Api}/runs/{run}/metrics?key={Uri.EscapeDataString(key)}";
    public static string Mean(IEnumerable<Guid> runs, string key, string axis, string band) => $"{Api}/metrics/mean?key={Uri.EscapeDataString(key)}&axis={axis}&band={band}{string.Concat(runs.Select(r => $"&run={r}"))}";
    public static string Backup(string name) => $"{Api}/backups/{Uri.EscapeDataString(name)}/content";
    public static string Export(Guid run, string format) => $"{Api}/runs/{run}/metrics/export?format={format}";
    public static string ExportRuns(string format, string? query, string? sort, IEnumerable<string> columns) =>
        $"{Api}/runs/export?format={format}&query={Uri.EscapeDataString(query ?? "")}&sort={Uri.EscapeDataString(sort ?? "")}{string.Concat(columns.Select(c => $"&column={Uri.EscapeDataString(c)}"))}";
    public static string RunArchive(IEnumerable<Guid> runs, bool checkpointsOnly = false) => $"{Api}/runs/archive?{string.Join('&', runs.Select(r => $"id={r}"))}{(checkpointsOnly ? "&content=checkpoints" : "")}";
    public static string ExportProject(Guid id) => $"{Api}/projects/{id}/export";
    public static string AddWeights(string name) => $"{Api}/weights?name={Uri.EscapeDataString(name)}";
    public static string ImportProject => $"{Api}/projects/import";
    public static string AddTensorBoard(Guid run) => $"{Api}/runs/{run}/metrics?format=tensorboard";
    public static string NodeSeries(string node, string key) => $"{Api}/nodes/{Uri.EscapeDataString(node)}/metrics?key={key}";
    public static string SeriesUntil(Guid run, string key, long step) => $"{Series(run, key)}&to={step}";
    public static string Checkpoint(Guid id, string format) => $"{Api}/checkpoints/{id}/content?format={format}";
}
