namespace LrcnLab.Core.Statistics;

/// <summary>How wide the band around a mean curve is.</summary>
public enum BandKind
{
    /// <summary>One standard deviation to either side.</summary>
    Deviation,

    /// <summary>95 % interval of the mean, by Student's t.</summary>
    Interval,

    /// <summary>From the lowest to the highest.</summary>
    Range,
}

/// <summary>The mean of several curves with a band around it; columns of one length.</summary>
/// <param name="X">Places on the axis, rising.</param>
/// <param name="Low">Lower edge of the band; the mean itself where only one curve goes.</param>
/// <param name="Counts">Curves that go there.</param>
public sealed record MeanCurve(double[] X, double[] Mean, double[] Low, double[] High, int[] Counts)
{
    /// <summary>
    /// Curves that have the same few places are averaged place by place. Others are first averaged within cells of the axis, between whose centres each of
    /// them goes straight, never beyond its own ends. What is not finite is left out.
    /// </summary>
    /// <param name="curves">X rising, and values; any number of points.</param>
    /// <param name="cells">Most places of the result.</param>
    public static MeanCurve Of(IReadOnlyList<(double[] X, double[] Y)> curves, int cells, BandKind kind)
    {
        (double[] X, double[] Y)[] finite = [.. curves.Select(Finite).Where(c => c.X.Length > 0)];
        if (finite.Length == 0)
            return new MeanCurve([], [], [], [], []);
        double[] places = [.. finite.SelectMany(c => c.X).Distinct().Order()];
        if (places.Length > cells)
        {
            (double first, double last) = (places[0], places[^1]);
            places = [.. Enumerable.Range(0, cells).Select(i => first + (i + 0.5) * (last - first) / cells)];
            finite = [.. finite.Select(c => Cells(c, first, last, cells))];
        }

        var result = new MeanCurve(places, new double[places.Length], new double[places.Length], new double[places.Length], new int[places.Length]);
        for (int i = 0; i < places.Length; i++)
            result.Put(i, [.. finite.Select(c => At(c, places[i])).OfType<double>()], kind);
        return result;
    }

    private void Put(int i, double[] values, BandKind kind)
    {
        Counts[i] = values.Length;
        if (values.Length == 0)
        {
            (Mean[i], Low[i], High[i]) = (double.NaN, double.NaN, double.NaN);
            return;
        }

        MeanEstimate sample = MeanEstimate.Of(values);
        double half = values.Length < 2 ? 0 : kind == BandKind.Interval ? sample.HalfWidth : sample.Deviation;
        (Mean[i], Low[i], High[i]) = kind == BandKind.Range ? (sample.Mean, values.Min(), values.Max()) : (sample.Mean, sample.Mean - half, sample.Mean + half);
    }

    private static (double[] X, double[] Y) Finite((double[] X, double[] Y) curve)
    {
        int[] kept = [.. Enumerable.Range(0, curve.X.Length).Where(i => double.IsFinite(curve.X[i]) && double.IsFinite(curve.Y[i]))];
        return kept.Length == curve.X.Length ? curve : ([.. kept.Select(i => curve.X[i])], [.. kept.Select(i => curve.Y[i])]);
    }

    /// <summary>Means of what lies in each cell, at the cells' centres.</summary>
    private static (double[] X, double[] Y) Cells((double[] X, double[] Y) curve, double first, double last, int cells)
    {
        double[] sums = new double[cells];
        int[] counts = new int[cells];
        for (int i = 0; i < curve.X.Length; i++)
        {
            int cell = Math.Min(cells - 1, (int)((curve.X[i] - first) / (last - first) * cells));
            sums[cell] += curve.Y[i];
            counts[cell]++;
        }

        int[] full = [.. Enumerable.Range(0, cells).Where(i => counts[i] > 0)];
        return ([.. full.Select(i => first + (i + 0.5) * (last - first) / cells)], [.. full.Select(i => sums[i] / counts[i])]);
    }

    private static double? At((double[] X, double[] Y) curve, double x)
    {
        int found = Array.BinarySearch(curve.X, x);
        if (found >= 0)
            return curve.Y[found];
        int after = ~found;
        if (after == 0 || after == curve.X.Length)
            return null;
        double share = (x - curve.X[after - 1]) / (curve.X[after] - curve.X[after - 1]);
        return curve.Y[after - 1] + share * (curve.Y[after] - curve.Y[after - 1]);
    }
}
