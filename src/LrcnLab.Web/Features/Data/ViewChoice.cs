using System.Globalization;
using LrcnLab.Core.Specs;

namespace LrcnLab.Web.Features.Data;

/// <summary>How clips are drawn as a model sees them; stands in the address of the page, so that a draw can be shown to somebody else.</summary>
public sealed record ViewChoice
{
    /// <summary>Name of a preset, or id of a run, whose settings are taken.</summary>
    public required string Basis { get; init; }

    /// <summary>With the chance of training; otherwise as evaluation reads it.</summary>
    public bool Chance { get; init; } = true;

    /// <summary>From 1.</summary>
    public int Epoch { get; init; } = 1;

    /// <summary>Null for the seed of the settings.</summary>
    public int? Seed { get; init; }

    /// <summary>Values after normalisation.</summary>
    public bool Normalized { get; init; }

    /// <summary>What differs from the settings, as <see cref="SpecText.Set"/> takes it.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>The same for two that draw the same.</summary>
    public string Key => string.Join('\n', Query());

    /// <summary>Reads the parts of an address; what is not understood counts for nothing.</summary>
    /// <returns>Null without a basis: the clips themselves.</returns>
    public static ViewChoice? Parse(string? see, string? draw, int? epoch, int? seed, string? values, IReadOnlyList<string>? changes) => string.IsNullOrEmpty(see) ? null : new ViewChoice
    {
        Basis = see,
        Chance = draw != "evaluation",
        Epoch = Math.Max(1, epoch ?? 1),
        Seed = seed >= 0 ? seed : null,
        Normalized = values == "normalized",
        Changes = changes ?? [],
    };

    /// <summary>As parts of an address; only what differs from the first draw of the settings.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Query() =>
    [
        new("see", Basis),
        new("draw", Chance ? null : "evaluation"),
        new("epoch", Chance && Epoch > 1 ? Epoch.ToString(CultureInfo.InvariantCulture) : null),
        new("seed", Seed?.ToString(CultureInfo.InvariantCulture)),
        new("values", Normalized ? "normalized" : null),
        .. Changes.Select(c => new KeyValuePair<string, string?>("set", c)),
    ];
}
