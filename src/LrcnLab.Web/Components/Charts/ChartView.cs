using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Components.Charts;

/// <summary>How the charts of a page are drawn. It stands in the page's address.</summary>
/// <param name="XAxis">See <see cref="LineChart.XAxis"/>.</param>
/// <param name="Smoothing">Weight of the past, 0 to 0.98.</param>
/// <param name="IgnoreOutliers">The picture goes from the 5th to the 95th percentile.</param>
public sealed record ChartView(string XAxis, double Smoothing = 0, bool LogY = false, bool LogX = false, bool IgnoreOutliers = false)
{
    public const double MostSmoothing = 0.98;

    /// <summary>What an address says; what it does not say, or says wrongly, is as usual.</summary>
    public static ChartView Of(string? axis, string? smoothing, string? options, string usualAxis)
    {
        string[] words = options?.Split(',') ?? [];
        double weight = double.TryParse(smoothing, CultureInfo.InvariantCulture, out double given) && given is > 0 and <= MostSmoothing ? given : 0;
        return new ChartView(axis is { Length: > 0 and <= 250 } ? axis : usualAxis, weight, words.Contains("logy"), words.Contains("logx"), words.Contains("outliers"));
    }

    /// <summary>The present address with this view in it.</summary>
    public string AddressOn(NavigationManager navigation, string usualAxis)
    {
        string options = string.Join(',', new[] { LogY ? "logy" : null, LogX ? "logx" : null, IgnoreOutliers ? "outliers" : null }.OfType<string>());
        return navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["x"] = XAxis == usualAxis ? null : XAxis,
            ["smooth"] = Smoothing > 0 ? Smoothing.ToString("0.##", CultureInfo.InvariantCulture) : null,
            ["draw"] = options.Length > 0 ? options : null,
        });
    }
}
