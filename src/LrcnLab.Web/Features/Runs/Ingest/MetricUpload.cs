using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Storage.Metrics;

namespace LrcnLab.Web.Features.Runs.Ingest;

/// <summary>Points of one metric as columns: what an export as JSON lines writes.</summary>
/// <param name="Key">Such as <c>train/loss</c>.</param>
/// <param name="Steps">In any order; of two points of one step the later wins.</param>
/// <param name="Values">One a step; <c>"NaN"</c> and infinities as text.</param>
/// <param name="Epochs">One a step; without them steps are divided by the run's steps of an epoch.</param>
/// <param name="Times">Milliseconds since 1970-01-01 UTC, one a step; without them the present.</param>
public sealed record SeriesUpload(string? Key, long[]? Steps, double[]? Values, double[]? Epochs, long[]? Times)
{
    /// <summary>What is wrong with it; null when nothing is.</summary>
    /// <param name="place">In the request, such as <c>series[2]</c>.</param>
    internal SpecProblem? Problem(string place)
    {
        if (Key is null || !MetricKeys.IsValid(Key))
            return new SpecProblem($"{place}.key", $"\"{Key}\" is no metric key: letters, digits and _ - . / are allowed, 1 to 200 of them.");
        if (Steps is null || Values is null)
            return new SpecProblem($"{place}.{(Steps is null ? "steps" : "values")}", "Each series needs the columns steps and values.");
        foreach ((string name, int? length) in ((string, int?)[])[("values", Values.Length), ("epochs", Epochs?.Length), ("times", Times?.Length)])
        {
            if (length is int n && n != Steps.Length)
                return new SpecProblem($"{place}.{name}", $"There are {n} {name} for {Steps.Length} steps.");
        }

        if (Steps.FirstOrDefault(s => s < 0) is < 0 and long negative)
            return new SpecProblem($"{place}.steps", $"The step {negative} is below 0.");
        if (Epochs?.FirstOrDefault(e => !double.IsFinite(e)) is double odd && !double.IsFinite(odd))
            return new SpecProblem($"{place}.epochs", $"The epoch {odd} is no number.");
        return Times?.FirstOrDefault(t => t is < 0 or > MostMilliseconds) is long time && time is < 0 or > MostMilliseconds
            ? new SpecProblem($"{place}.times", $"The time {Times!.First(t => t is < 0 or > MostMilliseconds)} is none: milliseconds since 1970 are.") : null;
    }

    internal IEnumerable<MetricSample> Samples(int stepsPerEpoch, DateTime now)
    {
        for (int i = 0; i < Steps!.Length; i++)
        {
            double epoch = Epochs?[i] ?? (stepsPerEpoch > 0 ? Steps[i] / (double)stepsPerEpoch : 0);
            yield return new MetricSample(Key!, new MetricPoint(Steps[i], epoch, Times is null ? now : DateTime.UnixEpoch.AddMilliseconds(Times[i]), Values![i]));
        }
    }

    // The year 9000.
    private const long MostMilliseconds = 221_845_392_000_000;
}

/// <summary>Points of several metrics of one run.</summary>
public sealed record MetricUpload(IReadOnlyList<SeriesUpload>? Series);

/// <param name="Points">That are on disk now.</param>
/// <param name="Message">In words.</param>
public sealed record StoredPoints(long Points, string Message);
