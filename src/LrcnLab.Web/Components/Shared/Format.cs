using System.Globalization;

namespace LrcnLab.Web.Components.Shared;

/// <summary>Numbers, sizes and times as every page writes them.</summary>
public static class Format
{
    private static readonly CultureInfo Words = CultureInfo.InvariantCulture;

    public static string Count(long value) => value.ToString("N0", Words);

    /// <summary>Four significant digits; very small and very large values with an exponent.</summary>
    public static string Value(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
        double size = Math.Abs(value);
        return value == 0 ? "0" : size is < 1e-3 or >= 1e6 ? value.ToString("0.###e+0", Words) : value.ToString(size >= 100 ? "0.#" : size >= 1 ? "0.###" : "0.####", Words);
    }

    /// <summary>Shares as percent, everything else as <see cref="Value"/>.</summary>
    public static string Metric(string key, double value) => key.Contains("accuracy", StringComparison.Ordinal) && double.IsFinite(value) ? Percent(value) : Value(value);

    public static string Percent(double share) => (share * 100).ToString("0.0", Words) + " %";

    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : size.ToString(size >= 100 ? "0" : "0.0", Words) + " " + units[unit];
    }

    public static string Flops(long flops) => flops switch
    {
        >= 1_000_000_000_000 => (flops / 1e12).ToString("0.00", Words) + " TFLOP",
        >= 1_000_000_000 => (flops / 1e9).ToString("0.00", Words) + " GFLOP",
        _ => (flops / 1e6).ToString("0.00", Words) + " MFLOP",
    };

    public static string Energy(double wattHours) => wattHours switch
    {
        >= 1000 => (wattHours / 1000).ToString("0.00", Words) + " kWh",
        >= 10 => wattHours.ToString("0", Words) + " Wh",
        _ => wattHours.ToString("0.00", Words) + " Wh",
    };

    public static string Duration(TimeSpan time) =>
        time.TotalSeconds < 60 ? $"{Math.Max(0, (int)Math.Round(time.TotalSeconds))} s"
        : time.TotalMinutes < 60 ? $"{(int)time.TotalMinutes} min {time.Seconds} s"
        : time.TotalHours < 48 ? $"{(int)time.TotalHours} h {time.Minutes} min"
        : $"{(int)time.TotalDays} d {time.Hours} h";

    public static string Ago(DateTime time, DateTime now)
    {
        TimeSpan past = now - time;
        return past.TotalSeconds < 5 ? "just now" : past.TotalMinutes < 60 || past.TotalDays < 30 ? $"{Coarse(past)} ago" : time.ToString("yyyy-MM-dd", Words);
    }

    public static string Shape(IReadOnlyList<int> shape) => string.Join(" x ", shape);

    public static string Utc(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", Words) + " UTC";

    private static string Coarse(TimeSpan time) =>
        time.TotalSeconds < 60 ? $"{(int)time.TotalSeconds} s" : time.TotalMinutes < 60 ? $"{(int)time.TotalMinutes} min" : time.TotalHours < 24 ? $"{(int)time.TotalHours} h" : $"{(int)time.TotalDays} d";
}
