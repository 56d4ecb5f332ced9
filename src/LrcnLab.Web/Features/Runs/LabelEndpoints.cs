using System.Text.Json.Nodes;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs;

/// <summary>Names, notes, tags and the archive over HTTP: of one run, or of many at once.</summary>
public static class LabelEndpoints
{
    private const int MostRuns = 10_000;

    private static readonly string[] OneFields = ["name", "notes", "tags", "archived"], ManyFields = ["runs", "addTags", "removeTags", "archived"], TextFields = ["name", "notes"], TagFields = ["addTags", "removeTags"];

    public static void MapLabels(this RouteGroupBuilder runs)
    {
        runs.MapPatch("/{id:guid}", ChangeOneAsync).WithName("ChangeRun").Accepts<ChangeRunRequest>("application/json").Produces(StatusCodes.Status204NoContent).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapPost("/labels", ChangeManyAsync).WithName("LabelRuns").Accepts<LabelRunsRequest>("application/json").Produces(StatusCodes.Status204NoContent).ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ChangeOneAsync(Guid id, HttpRequest request, RunQueries queries, RunLabels labels, CancellationToken cancel)
    {
        if ((await queries.FindAsync([id], cancel)) is not [{ } run])
            return Problems.NotFound($"There is no run {id}.");
        (JsonObject? body, IResult? refusal) = await ReadAsync(request, OneFields, cancel);
        if (body is null)
            return refusal!;
        if (TextFields.FirstOrDefault(f => body[f] is not null && body.Text(f) is null) is { } wrong)
            return Problems.Invalid(wrong, $"The {wrong} has to be text.");
        string[]? tags = Words(body, "tags");
        if (body["tags"] is not null && tags is null)
            return Problems.Invalid("tags", "A list of words is needed.");
        return Answer(await labels.ChangeAsync([id], new RunLabelChange { Name = body.Text("name"), Notes = body.Text("notes"), AddTags = tags ?? [], RemoveTags = tags is null ? [] : run.Tags, Archived = Flag(body) }, cancel));
    }

    private static async Task<IResult> ChangeManyAsync(HttpRequest request, RunLabels labels, CancellationToken cancel)
    {
        (JsonObject? body, IResult? refusal) = await ReadAsync(request, ManyFields, cancel);
        if (body is null)
            return refusal!;
        if (Words(body, "runs") is not { Length: > 0 and <= MostRuns } ids || ids.Any(i => !Guid.TryParse(i, out _)))
            return Problems.Invalid("runs", $"A list of 1 to {MostRuns} ids of runs is needed.");
        if (TagFields.FirstOrDefault(f => body[f] is not null && Words(body, f) is null) is { } wrong)
            return Problems.Invalid(wrong, "A list of words is needed.");
        return Answer(await labels.ChangeAsync([.. ids.Select(Guid.Parse).Distinct()], new RunLabelChange { AddTags = Words(body, "addTags") ?? [], RemoveTags = Words(body, "removeTags") ?? [], Archived = Flag(body) }, cancel));
    }

    private static async Task<(JsonObject? Body, IResult? Refusal)> ReadAsync(HttpRequest request, string[] fields, CancellationToken cancel)
    {
        (JsonObject? body, IResult? refusal) = await JsonBody.ReadAsync(request, cancel);
        if (body?.Select(f => f.Key).Except(fields).FirstOrDefault() is { } unknown)
            return (null, Problems.Invalid(unknown, $"There is no field \"{unknown}\"; known: {string.Join(", ", fields)}."));
        if (body?["archived"] is not null && Flag(body) is null)
            return (null, Problems.Invalid("archived", "true or false is needed."));
        return (body, refusal);
    }

    private static bool? Flag(JsonObject body) => body["archived"] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    /// <summary>Null when it is absent or no list of texts.</summary>
    private static string[]? Words(JsonObject body, string name)
    {
        if (body[name] is not JsonArray list)
            return null;
        string[] words = [.. list.Select(item => item is JsonValue value && value.TryGetValue(out string? word) ? word : null).OfType<string>()];
        return words.Length < list.Count ? null : words;
    }

    private static IResult Answer(string? refusal) => refusal is null ? Results.NoContent() : Problems.Conflict(refusal);
}

/// <summary>What is absent stays.</summary>
/// <param name="Notes">Markdown.</param>
/// <param name="Tags">All that it has from then on.</param>
/// <param name="Archived">Whether it is put away.</param>
public sealed record ChangeRunRequest(string? Name, string? Notes, IReadOnlyList<string>? Tags, bool? Archived);

/// <param name="Runs">Their ids; all are changed or none.</param>
/// <param name="Archived">Whether they are put away.</param>
public sealed record LabelRunsRequest(IReadOnlyList<Guid> Runs, IReadOnlyList<string>? AddTags, IReadOnlyList<string>? RemoveTags, bool? Archived);
