using System.Text.Json.Nodes;
using LrcnLab.Core.Queries;
using LrcnLab.Core.Specs;
using LrcnLab.Web.Features.Data;
using LrcnLab.Web.Features.Runs.Table;
using LrcnLab.Web.Features.Weights;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs.Templates;

/// <summary>Templates over HTTP, and help for whoever writes a specification as text.</summary>
public static class TemplateEndpoints
{
    private static readonly string[] Fields = ["name", "summary", "preset", "spec"];

    public static void MapTemplates(this RouteGroupBuilder api)
    {
        RouteGroupBuilder templates = api.MapGroup("/templates").WithTags("Templates");
        templates.MapGet("", async (TemplateQueries queries, CancellationToken cancel) => new Page<TemplateAnswer>([.. (await queries.ListAsync(cancel)).Select(Answer)], null)).WithName("ListTemplates");
        templates.MapPost("", SaveAsync).WithName("SaveTemplate").Accepts<SaveTemplateRequest>("application/json").Produces<TemplateAnswer>().ProducesValidationProblem();
        templates.MapDelete("/{id:guid}", async (Guid id, TemplateQueries queries, CancellationToken cancel) => await queries.RemoveAsync(id, cancel) ? Results.NoContent() : Problems.NotFound($"There is no template {id}."))
            .WithName("DeleteTemplate").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/specs/complete", CompleteAsync).WithTags("Templates").WithName("CompleteSpec").Produces<Completion>().ProducesValidationProblem();
    }

    private static async Task<IResult> SaveAsync(HttpRequest request, TemplateQueries queries, CancellationToken cancel)
    {
        (JsonObject? body, IResult? refusal) = await JsonBody.ReadAsync(request, cancel);
        if (body is null)
            return refusal!;
        if (body.Select(f => f.Key).Except(Fields).FirstOrDefault() is { } unknown)
            return Problems.Invalid(unknown, $"There is no field \"{unknown}\"; known: {string.Join(", ", Fields)}.");
        SpecResult spec = SpecReader.Read(body["spec"] ?? new JsonObject());
        if (spec.Spec is null)
            return Problems.Invalid(spec.Problems);
        (TemplateRow? template, string? problem) = await queries.SaveAsync(body.Text("name") ?? "", body.Text("summary") ?? "", spec.Spec, Presets.Find(body.Text("preset"))?.Name, cancel);
        return template is null ? Problems.Invalid("name", problem!) : Results.Ok(Answer(template));
    }

    private static async Task<IResult> CompleteAsync(CompletionRequest request, DatasetQueries datasets, WeightsQueries weights, CancellationToken cancel)
    {
        if (request.Text is not { Length: <= 200_000 } text)
            return Problems.Invalid("text", "A specification of up to 200,000 characters is needed.");
        string[] names = [.. (await datasets.ListAsync(cancel)).Select(d => d.Name)], files = [.. (await weights.ListAsync(cancel)).Select(w => w.Name)];
        return Results.Ok(SpecCompletion.At(text, request.At, path => path switch { "data.dataset" => names, "model.weights" => files, _ => [] }));
    }

    private static TemplateAnswer Answer(TemplateRow template) => new(template.Id, template.Name, template.Summary, template.Preset, template.Spec is { } spec ? SpecWriter.Write(spec) : null);
}

/// <param name="Spec">Fields that are absent have their defaults.</param>
/// <param name="Preset">The preset that it was made from, if any.</param>
public sealed record SaveTemplateRequest(string Name, string? Summary, string? Preset, JsonObject? Spec);

/// <param name="Spec">Null when a later version of this program wrote it.</param>
public sealed record TemplateAnswer(Guid Id, string Name, string Summary, string? Preset, JsonObject? Spec);
