namespace LrcnLab.Web.Components.Shared;

/// <summary>A run keeps its colour on every page: it follows from the run's id alone.</summary>
public static class RunColor
{
    // Readable on white and on near-black, and apart from each other for colour-blind eyes.
    private static readonly string[] Palette = ["#2f86c9", "#d1682a", "#2e9e6b", "#b04f9e", "#b58900", "#d14b5a", "#5c6bc0", "#3a9fa6", "#8d6e4a", "#7a8a2e"];

    public static string Of(Guid run)
    {
        byte[] bytes = run.ToByteArray();
        return Palette[(bytes[^1] * 31 + bytes[^2]) % Palette.Length];
    }

    /// <summary>Of the n-th of things that are no runs.</summary>
    public static string Of(int n) => Palette[n % Palette.Length];

    /// <summary>Colours for runs on one chart: each its own as far as the palette reaches, with the run's own colour first.</summary>
    public static IReadOnlyList<string> Distinct(IReadOnlyList<Guid> runs)
    {
        var taken = new HashSet<string>();
        return [.. runs.Select(run =>
        {
            int start = Array.IndexOf(Palette, Of(run));
            string color = Enumerable.Range(0, Palette.Length).Select(i => Palette[(start + i) % Palette.Length]).FirstOrDefault(c => !taken.Contains(c)) ?? Palette[start];
            taken.Add(color);
            return color;
        })];
    }
}
