using LrcnLab.Core.Queries;
using LrcnLab.Core.Runs;

namespace LrcnLab.Web.Features.Runs.Table;

/// <summary>A run with all that a table can show or ask of it.</summary>
public sealed class RunEntry(RunRow row, uint version, DateTime readAt) : IRunValues
{
    private readonly Dictionary<RunField, RunValue> _atEpochs = [];
    private string? _bundle;

    public RunRow Row => row;

    /// <summary>Of the run's row when it was read.</summary>
    public uint Version => version;

    /// <summary>By path; null until somebody asks for a setting.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; set; }

    /// <summary>The same for runs that differ in nothing but their seed; null until settings are known.</summary>
    public string? Bundle => Settings is null ? null : _bundle ??= SeedBundle.Key(row.DatasetVersionId, Settings);

    public IEnumerable<string> Words => ((string?[])[row.Name, row.Dataset, row.State.Word(), row.Preset, row.Project, row.Experiment, row.Sweep, .. row.Tags]).OfType<string>();

    public IReadOnlyList<string> Tags => row.Tags;

    public bool Knows(RunField field) => field.Kind switch
    {
        _ when field.NeedsSettings => Settings is not null,
        RunFieldKind.At => _atEpochs.ContainsKey(field),
        _ => true,
    };

    public void SetAtEpoch(RunField field, RunValue value) => _atEpochs[field] = value;

    public RunValue Get(RunField field) => field.Kind switch
    {
        RunFieldKind.Property => Property(field.Name),
        RunFieldKind.Setting => Settings is not null && Settings.TryGetValue(field.Name, out string? text) ? RunValue.OfSetting(text) : RunValue.None,
        RunFieldKind.At => _atEpochs.GetValueOrDefault(field),
        _ => row.Metrics.TryGetValue(field.Name, out MetricSummary? metric) ? RunValue.Of(Summary(field.Kind, metric)) : RunValue.None,
    };

    private static double? Summary(RunFieldKind kind, MetricSummary metric) => kind switch
    {
        RunFieldKind.Best => metric.Best,
        RunFieldKind.Last => metric.Last,
        RunFieldKind.Min => metric.Min,
        RunFieldKind.Max => metric.Max,
        RunFieldKind.First => metric.First,
        _ => metric.Count,
    };

    private RunValue Property(string name) => name switch
    {
        "name" => RunValue.Of(row.Name),
        "state" => RunValue.Of(row.State.Word()),
        "preset" => RunValue.Of(row.Preset),
        "dataset" => RunValue.Of(row.Dataset),
        "project" => RunValue.Of(row.Project),
        "experiment" => RunValue.Of(row.Experiment),
        "sweep" => RunValue.Of(row.Sweep),
        "failure" => RunValue.Of(row.FailureLabel),
        "device" => RunValue.Of(row.Device),
        "tag" => RunValue.Of(row.Tags.Count == 0 ? null : string.Join(", ", row.Tags)),
        "archived" => RunValue.Of(row.ArchivedAt),
        "bundle" => RunValue.Of(Bundle),
        "id" => RunValue.Of(row.Id.ToString()),
        "step" => RunValue.Of(row.Progress.Step),
        "steps" => RunValue.Of(row.Progress.Steps > 0 ? row.Progress.Steps : null),
        "epoch" => RunValue.Of(row.Progress.Epoch),
        "epochs" => RunValue.Of(row.Progress.Epochs),
        "progress" => RunValue.Of(row.Progress.Steps > 0 ? Math.Floor(100.0 * row.Progress.Step / row.Progress.Steps) : null),
        "priority" => RunValue.Of(row.Priority),
        "created" => RunValue.Of(row.CreatedAt),
        "started" => RunValue.Of(row.StartedAt),
        "ended" => RunValue.Of(row.EndedAt),
        "duration" => RunValue.Of(row.StartedAt is { } start ? Math.Max(0, ((row.EndedAt ?? readAt) - start).TotalSeconds) : null),
        _ => RunValue.None,
    };
}
