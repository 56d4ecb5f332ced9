namespace LrcnLab.Core.Specs;

/// <summary>A named starting point for a run, with the place where it comes from.</summary>
/// <param name="Name">Word in addresses, such as <c>keras-post</c>.</param>
/// <param name="Title">What people read.</param>
/// <param name="Summary">One sentence: what it is good for.</param>
/// <param name="Source">Where the architecture and its settings come from: section or file.</param>
/// <param name="Spec">The specification itself.</param>
/// <param name="Reported">What the source says it reached, on which data; empty where it says nothing.</param>
/// <param name="Differs">What is not as in the source; empty where nothing is.</param>
/// <param name="Task">The member of the family: <c>activity-recognition</c>.</param>
public sealed record Preset(string Name, string Title, string Summary, string Source, RunSpec Spec, string Reported = "", string Differs = "", string Task = "activity-recognition");

/// <summary>All presets, in the order in which people see them.</summary>
public static class Presets
{
    public static Preset QuickStart => SeedPresets.QuickStart;

    public static Preset KerasPost => SeedPresets.KerasPost;

    public static IReadOnlyList<Preset> All { get; } = [QuickStart, KerasPost, .. PaperPresets.All, .. MethodPresets.All];

    public static Preset? Find(string? name) => All.FirstOrDefault(p => p.Name == name);
}
