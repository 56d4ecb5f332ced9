using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Data;

/// <summary>Versions of data sets over HTTP: what they are, what differs, what leaks, and edits that make new ones.</summary>
public static class VersionEndpoints
{
    private const int MaxEdits = 1000;

    /// <summary>Strict, since an edit that was half understood would change the wrong thing.</summary>
    private static readonly JsonSerializerOptions Strict = new(LabJson.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowOutOfOrderMetadataProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static void MapVersions(this RouteGroupBuilder api)
    {
        RouteGroupBuilder datasets = api.MapGroup("/datasets").WithTags("Data");
        datasets.MapGet("/{id:guid}/versions", ListAsync).WithName("ListVersions").Produces<Page<VersionRow>>().ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapGet("/versions/{version:guid}/leaks", LeaksAsync).WithName("GetLeaks").Produces<LeakReport>().ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapGet("/versions/{version:guid}/diff", DiffAsync).WithName("CompareVersions").Produces<ManifestDiff>().ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapPost("/versions/{version:guid}/edits", EditAsync).WithName("EditVersion").Accepts<EditRequest>("application/json")
            .Produces<EditAnswer>(StatusCodes.Status201Created).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(Guid id, VersionQueries queries, CancellationToken cancel) =>
        await queries.NameAsync(id, cancel) is null ? Problems.NotFound($"There is no data set {id}.") : Results.Ok(new Page<VersionRow>(await queries.ListAsync(id, cancel), null));

    private static async Task<IResult> LeaksAsync(Guid version, VersionQueries queries, CancellationToken cancel)
    {
        if (!await queries.ExistsAsync(version, cancel))
            return NoVersion(version);
        return await queries.LeaksAsync(version, cancel) is { } report ? Results.Ok(report) : Problems.NotFound($"Version {version} is from before leaks were looked for; import or edit it to have it checked.");
    }

    /// <param name="from">The version to compare with.</param>
    private static async Task<IResult> DiffAsync(Guid version, Guid from, VersionQueries queries, CancellationToken cancel)
    {
        foreach (Guid id in (Guid[])[version, from])
        {
            if (!await queries.ExistsAsync(id, cancel))
                return NoVersion(id);
        }

        return await queries.DiffAsync(from, version, cancel) is { } diff ? Results.Ok(diff) : Problems.NotFound("The manifest of one of the versions is missing from the data folder.");
    }

    private static async Task<IResult> EditAsync(Guid version, HttpRequest request, VersionService service, VersionQueries queries, CancellationToken cancel)
    {
        if (!await queries.ExistsAsync(version, cancel))
            return NoVersion(version);
        (JsonObject? root, IResult? refusal) = await JsonBody.ReadAsync(request, cancel);
        if (root is null)
            return refusal!;
        if (root.FirstOrDefault(f => f.Key != "edits").Key is { } unknown)
            return Problems.Invalid(unknown, $"There is no field \"{unknown}\"; known: edits.");
        if (root["edits"] is not JsonArray { Count: > 0 and <= MaxEdits } list)
            return Problems.Invalid("edits", $"Give a list of 1 to {MaxEdits} edits, such as {{\"edits\":[{{\"edit\":\"rename-class\",\"from\":\"a\",\"to\":\"b\"}}]}}.");

        var edits = new List<DatasetEdit>();
        foreach (JsonNode? item in list)
        {
            try
            {
                edits.Add(item.Deserialize<DatasetEdit>(Strict) ?? throw new JsonException());
            }
            catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
            {
                return Problems.Invalid($"edits[{edits.Count}]", "This is no edit. Known are rename-class {from, to}, merge-classes {from: [], into}, relabel-samples {samples: [], class}, move-samples {samples: [], to: train, validation or test}, drop-samples {samples: []}, resplit {validationShare, testShare, seed} and keep-unmirrored {classes: []}, each with its name in \"edit\".");
            }
        }

        EditResult result = await service.EditAsync(version, edits, cancel);
        return result.VersionId is { } id
            ? Results.Created($"{LabUrls.Api}/datasets/versions/{id}/leaks", new EditAnswer(id, result.Number, result.Message))
            : Problems.Invalid("edits", result.Refusal ?? "The edits were refused.");
    }

    private static IResult NoVersion(Guid version) => Problems.NotFound($"There is no data-set version {version}.");
}

/// <summary>Changes to a version, applied in order.</summary>
public sealed record EditRequest(IReadOnlyList<DatasetEdit> Edits);

/// <summary>The version that edits made.</summary>
public sealed record EditAnswer(Guid Id, int Number, string Message);
