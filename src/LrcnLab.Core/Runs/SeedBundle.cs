using System.Security.Cryptography;
using System.Text;

namespace LrcnLab.Core.Runs;

/// <summary>Runs that differ in nothing but their seed are one result, told several times.</summary>
public static class SeedBundle
{
    /// <summary>The setting in which they may differ.</summary>
    public const string Seed = "training.seed";

    /// <summary>A short word that is the same for runs of one bundle.</summary>
    /// <param name="datasetVersion">That they learn from.</param>
    /// <param name="settings">All of a run's settings by path.</param>
    public static string Key(Guid datasetVersion, IReadOnlyDictionary<string, string> settings)
    {
        var text = new StringBuilder(datasetVersion.ToString());
        // What a run is computed on changes no result that is more than rounding.
        foreach (var (path, value) in settings.Where(s => s.Key != Seed && !s.Key.StartsWith("resources.", StringComparison.Ordinal)).OrderBy(s => s.Key, StringComparer.Ordinal))
            text.Append('\n').Append(path).Append('=').Append(value);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..12];
    }
}
