using LrcnLab.Core.Metrics;
using LrcnLab.Core.Queries;
using LrcnLab.Web.Components.Shared;

namespace LrcnLab.Web.Features.Runs.Table;

/// <summary>Columns of the table of runs: which there are at first, what they are called, how their values are written.</summary>
public static class RunColumns
{
    /// <summary>Of somebody who has not chosen.</summary>
    public static IReadOnlyList<string> Default { get; } =
        ["name", "state", "progress", $"best({MetricKeys.ValidationAccuracy})", $"best({MetricKeys.ValidationLoss})", $"last({MetricKeys.TrainLoss})", "dataset", "created", "duration"];

    private static readonly Dictionary<string, string> Titles = new()
    {
        ["name"] = "Run",
        ["state"] = "State",
        ["progress"] = "Progress",
        ["dataset"] = "Data set",
        ["created"] = "Created",
        ["duration"] = "Time",
        [$"best({MetricKeys.ValidationAccuracy})"] = "Val. accuracy",
        [$"best({MetricKeys.ValidationLoss})"] = "Val. loss",
        [$"last({MetricKeys.TrainLoss})"] = "Train loss",
    };

    public static string Title(RunField field) => Titles.GetValueOrDefault(field.ToString(), field.ToString());

    public static bool IsNumeric(RunField field) => field.ValueKind is RunValueKind.Number or RunValueKind.Duration;

    /// <summary>For people; a table as a file has every digit.</summary>
    public static string Text(RunField field, RunValue value) => value switch
    {
        { IsNone: true } => "-",
        { Number: double seconds } when field.ValueKind == RunValueKind.Duration => Format.Duration(TimeSpan.FromSeconds(seconds)),
        { Number: double number } when field.Kind == RunFieldKind.Count || field.Kind == RunFieldKind.Property => field.Name == "progress" ? $"{number:0} %" : Format.Count((long)number),
        { Number: double number, Text: null } => Format.Metric(field.Name, number),
        { Time: { } time } => Format.Utc(time),
        _ => value.ToString(),
    };
}
