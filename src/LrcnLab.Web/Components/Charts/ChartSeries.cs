namespace LrcnLab.Web.Components.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Label">Its name in the legend.</param>
/// <param name="Url">Where its points are read from, as binary columns.</param>
/// <param name="Color">A CSS colour.</param>
/// <param name="Dash">Dashed, to tell validation from training in the same colour.</param>
public sealed record ChartSeries(string Label, string Url, string Color, bool Dash = false);
