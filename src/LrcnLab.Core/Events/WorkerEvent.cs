using System.Text.Json;
using System.Text.Json.Serialization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Events;

/// <summary>
/// What a worker says: one JSON object a line on standard output, and the same line in <c>events.jsonl</c> of the run's folder.
/// <see cref="Sequence"/> rises by one from event to event over all attempts of a run, so a replay is harmless.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(StartedEvent), "started")]
[JsonDerivedType(typeof(GuardEvent), "guard")]
[JsonDerivedType(typeof(MetricEvent), "metric")]
[JsonDerivedType(typeof(LogEvent), "log")]
[JsonDerivedType(typeof(CheckInEvent), "check-in")]
[JsonDerivedType(typeof(EpochEvent), "epoch")]
[JsonDerivedType(typeof(ConfusionMatrixEvent), "confusion-matrix")]
[JsonDerivedType(typeof(PredictionsEvent), "predictions")]
[JsonDerivedType(typeof(CheckpointEvent), "checkpoint")]
[JsonDerivedType(typeof(ProgressEvent), "progress")]
[JsonDerivedType(typeof(PreviewEvent), "preview")]
[JsonDerivedType(typeof(DoneEvent), "done")]
public abstract record WorkerEvent
{
    /// <summary>A null where the event promises a value makes the line no event, instead of a fault in whoever reads it.</summary>
    private static readonly JsonSerializerOptions Reading = new(LabJson.Options) { RespectNullableAnnotations = true };

    public long Sequence { get; init; }

    /// <summary>UTC.</summary>
    public DateTime Time { get; init; }

    public string ToLine() => JsonSerializer.Serialize(this, LabJson.Options);

    /// <summary>Null when the line is no event.</summary>
    public static WorkerEvent? Parse(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        if (MetricLine.TryParse(line) is { } metric)
            return metric;
        try
        {
            return JsonSerializer.Deserialize<WorkerEvent>(line, Reading);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>The worker knows device, data and steps and is about to train.</summary>
public sealed record StartedEvent : WorkerEvent
{
    public required string Device { get; init; }
    public required int Threads { get; init; }

    /// <summary>In which it computes, chosen where the specification leaves that open.</summary>
    public Precision? Precision { get; init; }

    /// <summary>Versions of program, runtime and libraries by name.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }
    public required long Steps { get; init; }
    public required int StepsPerEpoch { get; init; }

    /// <summary>The step of the checkpoint from which the run continues; 0 at a fresh start.</summary>
    public required long ResumedAtStep { get; init; }
}

/// <summary>A rule of the specification acted.</summary>
public sealed record GuardEvent : WorkerEvent
{
    /// <summary>Place of the rule in the specification, from 0.</summary>
    public required int Rule { get; init; }

    public required GuardAction Action { get; init; }

    /// <summary>What happened, in words.</summary>
    public required string Message { get; init; }

    public required long Step { get; init; }
}

/// <summary>Values measured at one step, by key.</summary>
public sealed record MetricEvent : WorkerEvent
{
    /// <summary>Optimizer updates done.</summary>
    public required long Step { get; init; }

    /// <summary>Epochs done, with the fraction of the running one.</summary>
    public required double Epoch { get; init; }

    public required IReadOnlyDictionary<string, double> Values { get; init; }
}

public enum LogLevel { Debug, Information, Warning, Error }

public sealed record LogEvent : WorkerEvent
{
    public required LogLevel Level { get; init; }
    public required string Message { get; init; }
}

/// <summary>A sign of life that promises the next one.</summary>
public sealed record CheckInEvent : WorkerEvent
{
    public required long Step { get; init; }
    public required long Steps { get; init; }

    /// <summary>The running epoch, from 1.</summary>
    public required int Epoch { get; init; }

    public required int Epochs { get; init; }

    /// <summary>What the worker does, in a word: <c>training</c>, <c>validation</c>, <c>preparing</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Null while unknown.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>The next event comes within this time.</summary>
    public required double ExpectNextInSeconds { get; init; }
}

/// <summary>An epoch ended; its metrics were sent before.</summary>
public sealed record EpochEvent : WorkerEvent
{
    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    public required long Step { get; init; }
    public required double Seconds { get; init; }
}

/// <summary>Counts by true class (row) and predicted class (column).</summary>
public sealed record ConfusionMatrixEvent : WorkerEvent
{
    public required int Epoch { get; init; }
    public required string Split { get; init; }
    public required int[][] Counts { get; init; }
}

/// <summary>A file of predictions was written: JSON lines of <see cref="Prediction"/>.</summary>
public sealed record PredictionsEvent : WorkerEvent
{
    public required int Epoch { get; init; }
    public required string Split { get; init; }

    /// <summary>Relative to the run's folder.</summary>
    public required string File { get; init; }

    public required long Bytes { get; init; }
    public required string Sha256 { get; init; }
}

/// <summary>What a model said of one sample.</summary>
/// <param name="Sample">Index of the sample in its data-set version.</param>
/// <param name="Label">Index of the true class.</param>
/// <param name="Probabilities">One value a class, sum 1.</param>
public sealed record Prediction(int Sample, int Label, float[] Probabilities);

/// <summary>A checkpoint archive is complete on disk: temporary name, flushed, renamed, hashed, then announced.</summary>
public sealed record CheckpointEvent : WorkerEvent
{
    /// <summary><c>last</c>, <c>best</c> or <c>epoch-N</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Epochs done.</summary>
    public required int Epoch { get; init; }

    public required long Step { get; init; }

    /// <summary>Relative to the run's folder.</summary>
    public required string File { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Lower-case hex, of the whole archive.</summary>
    public required string Sha256 { get; init; }

    public required long WeightsBytes { get; init; }

    /// <summary>Lower-case hex, of the safetensors file inside.</summary>
    public required string WeightsSha256 { get; init; }

    public required IReadOnlyDictionary<string, double> Metrics { get; init; }
}

/// <summary>Progress of a command that is no training: import, prepare, evaluate.</summary>
public sealed record ProgressEvent : WorkerEvent
{
    public required string Stage { get; init; }
    public required long Done { get; init; }
    public required long Total { get; init; }
}

/// <summary>What an import would make of a folder, table or archive; nothing was decoded or written. The only line that <c>import --preview --json</c> prints.</summary>
public sealed record PreviewEvent : WorkerEvent
{
    public required ImportPreview Preview { get; init; }
}

public enum Outcome { Completed, Stopped, Paused, Failed }

/// <summary>The last event of an attempt.</summary>
public sealed record DoneEvent : WorkerEvent
{
    public required Outcome Outcome { get; init; }

    /// <summary>Why, in words; always present when the outcome is a failure.</summary>
    public string? Reason { get; init; }
}
