using System.CommandLine;
using LrcnLab.Core.Specs;

namespace LrcnLab.Worker.Commands;

internal static class CommonOptions
{
    public static string SpecDescription { get; } = $"Run specification, JSON or YAML, or the name of a preset: {string.Join(", ", Presets.All.Select(p => p.Name))}.";

    public static Option<string?> Data() => new("--data") { Description = "Folder of an imported data set, or of videos in a layout that can be imported. Default: the specification's data.dataset, as a path or a sample that ships.", HelpName = "DIR" };

    public static Option<string[]> Set() => new("--set") { Description = "Changes a field of the specification, such as training.seed=2; may be given several times.", HelpName = "FIELD=VALUE", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };

    public static Option<int> Classes()
    {
        var classes = new Option<int>("--classes") { Description = "Number of classes of the data set.", Required = true, HelpName = "N" };
        classes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
                result.AddError("--classes must be a whole number from 1 to 1000000.");
        });
        return classes;
    }

    public static Option<bool> Json() => new("--json") { Description = "Print JSON even on a terminal." };
}
