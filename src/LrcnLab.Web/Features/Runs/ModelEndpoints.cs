using System.Text.Json.Nodes;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Web.Features.Data;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs;

/// <summary>Presets, and what a specification would build.</summary>
public static class ModelEndpoints
{
    public static void MapModels(this RouteGroupBuilder api)
    {
        api.MapGet("/presets", () => new Page<PresetAnswer>([.. Presets.All.Select(Answer)], null)).WithTags("Models").WithName("ListPresets");
        api.MapGet("/presets/{name}", (string name) => Presets.Find(name) is { } preset
                ? Results.Ok(Answer(preset))
                : Problems.NotFound($"There is no preset \"{name}\"; known: {string.Join(", ", Presets.All.Select(p => p.Name))}."))
            .WithTags("Models").WithName("GetPreset").Produces<PresetAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/models/describe", DescribeAsync).WithTags("Models").WithName("DescribeModel").Produces<ModelSummary>().ProducesValidationProblem();
    }

    private static async Task<IResult> DescribeAsync(JsonObject spec, DatasetQueries datasets, CancellationToken cancel, int? classes = null)
    {
        SpecResult result = SpecReader.Read(spec);
        if (result.Spec is null)
            return Problems.Invalid(result.Problems);
        if (classes is < 1 or > 100_000)
            return Problems.Invalid("classes", $"{classes} is not allowed: from 1 to 100000.");
        if (classes is null)
        {
            var known = await datasets.ListAsync(cancel);
            DatasetRow? dataset = known.FirstOrDefault(d => d.Name == result.Spec.Data.Dataset || d.Id.ToString() == result.Spec.Data.Dataset);
            if (dataset is null)
                return Problems.Invalid("data.dataset", $"There is no data set \"{result.Spec.Data.Dataset}\"; known: {string.Join(", ", known.Select(d => d.Name))}. Or give the number of classes as ?classes=.");
            classes = dataset.Classes.Count;
        }

        return Results.Ok(ModelSummary.Of(result.Spec, classes.Value));
    }

    private static PresetAnswer Answer(Preset preset) => new(preset.Name, preset.Title, preset.Task, preset.Summary, preset.Source, preset.Reported, preset.Differs, SpecWriter.Write(preset.Spec));
}

/// <param name="Source">Where architecture and settings come from.</param>
/// <param name="Reported">What the source reached, on which data; empty where it says nothing.</param>
/// <param name="Differs">What is not as in the source.</param>
public sealed record PresetAnswer(string Name, string Title, string Task, string Summary, string Source, string Reported, string Differs, JsonObject Spec);
