using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Data;

/// <summary>Card, samples and clips of a data-set version over HTTP.</summary>
public static class BrowseEndpoints
{
    private const int PageSize = 200;

    public static void MapBrowse(this RouteGroupBuilder api)
    {
        RouteGroupBuilder versions = api.MapGroup("/datasets/versions/{version:guid}").WithTags("Data");
        versions.MapGet("/card", CardAsync).WithName("GetDataCard").Produces<DataCard>().Produces(StatusCodes.Status200OK, contentType: "text/csv").ProducesProblem(StatusCodes.Status404NotFound);
        versions.MapGet("/problems", ProblemsAsync).WithName("GetDatasetProblems").Produces(StatusCodes.Status200OK, contentType: "text/csv");
        versions.MapGet("/samples", SamplesAsync).WithName("ListSamples").Produces<Page<SampleAnswer>>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        versions.MapPost("/clips", ClipsAsync).WithName("DrawClips").Accepts<DrawClipsRequest>("application/json").Produces<DrawnClips>().ProducesValidationProblem();
        versions.MapGet("/clips/{key}/{sample:int}", PictureAsync).WithName("GetClip").Produces(StatusCodes.Status200OK, contentType: "image/png").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> CardAsync(Guid version, CardQueries queries, CancellationToken cancel, string? format = null)
    {
        if (format is not (null or "json" or "csv"))
            return Problems.Invalid("format", $"There is no format \"{format}\"; known: json, csv.");
        if (await queries.CardAsync(version, cancel) is not { } card)
            return Problems.NotFound($"There is no data-set version {version}, or its manifest is gone.");
        return format == "csv" ? Csv(CardText.Csv(card), "data-card.csv") : Results.Ok(card);
    }

    private static async Task<IResult> ProblemsAsync(Guid version, CardQueries queries, CancellationToken cancel) => Csv(CardText.Csv(await queries.ProblemsAsync(version, cancel)), "problems.csv");

    private static IResult Csv(string text, string name) => Results.File(Encoding.UTF8.GetBytes(text), "text/csv; charset=utf-8", name);

    private static async Task<IResult> SamplesAsync(
        Guid version, BrowseQueries queries, IDbContextFactory<LabDbContext> database, CancellationToken cancel,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "class")] string? className = null, string? split = null, int? from = null, int? to = null, string? flags = null, string? q = null, int after = -1)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        if (await db.DatasetVersions.Where(v => v.Id == version).Select(v => v.Classes).FirstOrDefaultAsync(cancel) is not { } classes)
            return Problems.NotFound($"There is no data-set version {version}.");
        if (className is not null && !classes.Contains(className))
            return Problems.Invalid("class", $"There is no class \"{className}\"; known: {string.Join(", ", classes.Take(20))}{(classes.Count > 20 ? ", …" : "")}.");
        ClipFilter filter = ClipFilter.Parse(className, split, from, to, flags, q, null);
        if (split is not null && filter.Split is null)
            return Problems.Invalid("split", $"There is no split \"{split}\"; known: train, validation, test.");
        int[] page = [.. (await queries.IndicesAsync(version, filter, classes, cancel)).SkipWhile(i => i <= after).Take(PageSize + 1)];
        IReadOnlyList<SampleRow> rows = await queries.RowsAsync(version, [.. page.Take(PageSize)], cancel);
        return Results.Ok(new Page<SampleAnswer>([.. rows.Select(r => Answer(r, classes))], page.Length > PageSize ? page[PageSize - 1].ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> ClipsAsync(Guid version, HttpRequest request, ClipRenderer renderer, CancellationToken cancel)
    {
        (JsonObject? body, IResult? refusal) = await JsonBody.ReadAsync(request, cancel);
        if (body is null)
            return refusal!;
        var problems = new List<SpecProblem>();
        foreach (string field in body.Select(f => f.Key).Except(["samples", "preset", "spec", "epoch", "normalized"]))
            problems.Add(new SpecProblem(field, $"There is no field \"{field}\"; known: samples, preset, spec, epoch, normalized."));
        int[] samples = body["samples"] is JsonArray list ? [.. list.Select(s => s is JsonValue v && v.TryGetValue(out int i) ? i : -1)] : [];
        if (samples.Length is 0 or > ClipRenderer.MostSamples || samples.Any(s => s < 0))
            problems.Add(new SpecProblem("samples", $"Expected a list of 1 to {ClipRenderer.MostSamples} places of samples, whole numbers from 0."));
        int? epoch = null;
        if (body["epoch"] is JsonNode given)
        {
            epoch = given is JsonValue value && value.TryGetValue(out int e) ? e : 0;
            if (epoch < 1)
                problems.Add(new SpecProblem("epoch", $"{given.ToJsonString()} is not allowed here: expected a whole number from 1, or nothing for the clip that evaluation reads."));
        }

        bool normalized = body["normalized"] is JsonValue flag && flag.TryGetValue(out bool on) && on;
        string? preset = body.Text("preset");
        if (preset is not null && Presets.Find(preset) is null)
            problems.Add(new SpecProblem("preset", $"There is no preset \"{preset}\"; known: {string.Join(", ", Presets.All.Select(p => p.Name))}."));
        SpecResult spec = SpecReader.Read(body["spec"] ?? new JsonObject(), Presets.Find(preset)?.Spec ?? new RunSpec());
        problems.AddRange(spec.Problems);
        if (problems.Count > 0)
            return Problems.Invalid(problems);

        RenderedClips clips = await renderer.RenderAsync(version, new ClipView(spec.Spec!, epoch, normalized), samples, cancel);
        return clips.Refusal is { } reason
            ? Problems.Conflict(reason)
            : Results.Ok(new DrawnClips(clips.Key, [.. clips.Frames.OrderBy(f => f.Key).Select(f => new DrawnClip(f.Key, f.Value, LabUrls.Clip(version, clips.Key, f.Key, f.Value)))]));
    }

    private static IResult PictureAsync(Guid version, string key, int sample, int frames, ClipRenderer renderer, HttpContext context)
    {
        if (renderer.Find(key, sample, frames) is not { } file)
            return Problems.NotFound($"There is no picture of sample {sample} of version {version} here any more; ask for it again.");
        // The key is over everything that the picture depends on.
        context.Response.Headers.CacheControl = "private, max-age=86400, immutable";
        return Results.File(file, "image/png");
    }

    private static SampleAnswer Answer(SampleRow s, List<string> classes) => new(
        s.Index, s.Path, s.Label < 0 ? null : classes[s.Label], s.Split, s.Group, s.Start, s.End, s.Frames, s.FrameRate, s.Width, s.Height, s.Sha256, s.Captions,
        [.. FlagWords.All.Where(f => s.Flags.HasFlag(f.Flag)).Select(f => f.Word)]);
}

public sealed record SampleAnswer(
    int Index, string Path, string? Class, Split Split, string Group, double? Start, double? End, int Frames, double FrameRate, int Width, int Height, string Sha256,
    IReadOnlyList<string> Captions, IReadOnlyList<string> Flags);

public sealed record DrawClipsRequest(IReadOnlyList<int> Samples, string? Preset, JsonObject? Spec, int? Epoch, bool? Normalized);

/// <summary>A picture of a clip; <paramref name="Frames"/> of equal width stand side by side.</summary>
public sealed record DrawnClip(int Sample, int Frames, string Url);

public sealed record DrawnClips(string Key, IReadOnlyList<DrawnClip> Items);
