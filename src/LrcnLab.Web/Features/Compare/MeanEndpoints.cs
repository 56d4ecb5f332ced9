using System.Runtime.InteropServices;
using LrcnLab.Core.Statistics;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Compare;

/// <summary>The mean of a metric over several runs, with a band around it.</summary>
public static class MeanEndpoints
{
    private const int MostCells = 2000;

    private static readonly string[] Axes = ["step", "epoch", "time"];

    public static void MapMeans(this RouteGroupBuilder api) =>
        api.MapGet("/metrics/mean", GetAsync).WithTags("Runs").WithName("GetMeanMetric").Produces<MeanAnswer>().Produces(StatusCodes.Status200OK, contentType: MetricEndpoints.Binary).ProducesValidationProblem();

    /// <summary>As binary columns: count, points averaged, places, places, places in ms, mean, lower and upper edge of the band.</summary>
    private static async Task<IResult> GetAsync(HttpRequest request, MetricStore metrics, CancellationToken cancel, string? key = null, string axis = "step", string band = "interval", int points = 300, double? from = null, double? to = null)
    {
        if (!MetricEndpoints.TryReadRuns(request, out Guid[] runs))
            return Problems.Invalid("run", MetricEndpoints.RunsNeeded);
        if (string.IsNullOrEmpty(key))
            return Problems.Invalid("key", "The key of a metric is needed, such as validation/loss.");
        if (!Axes.Contains(axis))
            return Problems.Invalid("axis", $"There is no axis \"{axis}\"; known: {string.Join(", ", Axes)}.");
        if (!Enum.TryParse(band, ignoreCase: true, out BandKind kind) || !Enum.IsDefined(kind))
            return Problems.Invalid("band", $"There is no band \"{band}\"; known: {string.Join(", ", Enum.GetNames<BandKind>()).ToLowerInvariant()}.");

        var curves = new List<(double[] X, double[] Y)>();
        long total = 0;
        foreach (Guid run in runs.Distinct())
        {
            var (x, y) = (new List<double>(), new List<double>());
            double? start = null;
            await foreach (MetricSeriesData part in metrics.ReadAllAsync(run, key, cancel))
            {
                for (int i = 0; i < part.Steps.Length; i++)
                {
                    start ??= part.Times[0];
                    double place = axis switch { "epoch" => part.Epochs[i], "time" => (part.Times[i] - start.Value) / 1000, _ => part.Steps[i] };
                    if (!(place < from) && !(place > to))
                    {
                        x.Add(place);
                        y.Add(part.Values[i]);
                    }
                }
            }

            total += x.Count;
            curves.Add(Rising([.. x], [.. y]));
        }

        MeanCurve mean = MeanCurve.Of(curves, Math.Clamp(points, 4, MostCells), kind);
        return MetricEndpoints.WantsBinary(request) ? Results.Bytes(Columns(mean, total), MetricEndpoints.Binary) : Results.Ok(new MeanAnswer(key, total, mean.X, mean.Mean, mean.Low, mean.High, mean.Counts));
    }

    /// <summary>A run that went back to a checkpoint has epochs and times that do too.</summary>
    private static (double[] X, double[] Y) Rising(double[] x, double[] y)
    {
        for (int i = 1; i < x.Length; i++)
        {
            if (x[i] <= x[i - 1])
            {
                (double Key, double Value)[] sorted = [.. x.Zip(y).GroupBy(p => p.First).OrderBy(g => g.Key).Select(g => (g.Key, g.Last().Second))];
                return ([.. sorted.Select(p => p.Key)], [.. sorted.Select(p => p.Value)]);
            }
        }

        return (x, y);
    }

    private static byte[] Columns(MeanCurve mean, long total)
    {
        double[] all = [mean.X.Length, total, .. mean.X, .. mean.X, .. mean.X.Select(x => x * 1000), .. mean.Mean, .. mean.Low, .. mean.High];
        return MemoryMarshal.AsBytes<double>(all).ToArray();
    }
}

/// <param name="Total">Points of all runs that were averaged.</param>
/// <param name="X">Places on the axis.</param>
/// <param name="Counts">Runs that go there.</param>
public sealed record MeanAnswer(string Key, long Total, double[] X, double[] Mean, double[] Low, double[] High, int[] Counts);
