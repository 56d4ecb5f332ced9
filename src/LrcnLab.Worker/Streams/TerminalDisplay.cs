using System.Globalization;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using Spectre.Console;

namespace LrcnLab.Worker.Streams;

/// <summary>Events for a person at a terminal: one line with a bar that moves, log lines above it.</summary>
internal sealed class TerminalDisplay(ProgressContext context)
{
    private ProgressTask? _task;
    private string _stage = "";
    private string _values = "";

    public static async Task RunAsync(Func<TerminalDisplay, Task> work) =>
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(context => work(new TerminalDisplay(context)));

    public void Show(WorkerEvent e)
    {
        switch (e)
        {
            case StartedEvent started:
                AnsiConsole.MarkupLineInterpolated($"{started.Classes.Count} classes, {started.Steps} steps on {started.Device} with {started.Threads} threads");
                break;
            case LogEvent log:
                AnsiConsole.MarkupLineInterpolated($"{log.Message}");
                break;
            case CheckpointEvent checkpoint:
                AnsiConsole.MarkupLineInterpolated($"[grey]{checkpoint.Kind} checkpoint: {checkpoint.File} ({checkpoint.Bytes / 1e6:0.0} MB)[/]");
                break;
            case MetricEvent metric when metric.Values.TryGetValue(MetricKeys.TrainLoss, out double loss):
                _values = string.Create(CultureInfo.InvariantCulture, $"loss {loss:0.000}, accuracy {metric.Values[MetricKeys.TrainAccuracy]:P0}");
                break;
            case CheckInEvent checkIn:
                string left = checkIn.SecondsLeft is double s ? $", {TimeSpan.FromSeconds(Math.Round(s))} left" : "";
                Move($"{checkIn.Stage}", $"epoch {checkIn.Epoch}/{checkIn.Epochs}, {_values}{left}", checkIn.Step, checkIn.Steps);
                break;
            case ProgressEvent progress:
                Move(progress.Stage, $"{progress.Done} of {progress.Total}", progress.Done, progress.Total);
                break;
            case DoneEvent done:
                _task?.StopTask();
                AnsiConsole.MarkupLineInterpolated($"{done.Outcome}{(done.Reason is null ? "" : ": " + done.Reason)}");
                break;
        }
    }

    private void Move(string stage, string text, long value, long maximum)
    {
        if (_task is null)
            _task = context.AddTask(stage);
        if (stage != _stage)
            (_stage, _task.Value) = (stage, 0);
        _task.MaxValue = Math.Max(1, maximum);
        _task.Value = value;
        _task.Description = Markup.Escape($"{stage}: {text}");
    }
}
