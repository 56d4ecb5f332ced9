namespace LrcnLab.Web.Components.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Label">Its name in the legend.</param>
/// <param name="Url">Where its points are read from, as binary columns.</param>
/// <param name="Color">A CSS colour.</param>
/// <param name="Dash">Dashed, to tell validation from training in the same colour.</param>
public sealed record ChartSeries(string Label, string Url, string Color, bool Dash = false)
{
    /// <summary>Beginnings and ends of what does not count as training, in ms since 1970 UTC.</summary>
    public IReadOnlyList<double[]> Pauses { get; init; } = [];

    /// <summary>Whether the points are means with the edges of a band, of an address that takes <c>axis</c>.</summary>
    public bool Band { get; init; }

    /// <summary>Training samples of an epoch; null where that is not known.</summary>
    public int? SamplesPerEpoch { get; init; }
}
