using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Data;

/// <summary>Data sets over HTTP.</summary>
public static class DatasetEndpoints
{
    private static readonly string[] PreviewTypes = [".webp", ".jpg"];

    public static void MapDatasets(this RouteGroupBuilder api)
    {
        RouteGroupBuilder datasets = api.MapGroup("/datasets").WithTags("Data");
        datasets.MapGet("", async (DatasetQueries queries, CancellationToken cancel) => new Page<DatasetAnswer>([.. (await queries.ListAsync(cancel)).Select(Answer)], null)).WithName("ListDatasets");
        datasets.MapGet("/{id:guid}", async (Guid id, DatasetQueries queries, CancellationToken cancel) =>
                await queries.GetAsync(id, cancel) is { } dataset ? Results.Ok(Answer(dataset)) : Problems.NotFound($"There is no data set {id}."))
            .WithName("GetDataset").Produces<DatasetAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapPost("/import", ImportAsync).WithName("ImportDataset").Produces<ImportAnswer>(StatusCodes.Status202Accepted).ProducesValidationProblem();
        datasets.MapGet("/imports/{id:guid}", async (Guid id, DatasetQueries queries, CancellationToken cancel) =>
                await queries.ImportAsync(id, cancel) is { } import ? Results.Ok(Answer(import)) : Problems.NotFound($"There is no import {id}."))
            .WithName("GetImport").Produces<ImportAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapGet("/versions/{version:guid}/samples/{index:int}/preview", PreviewAsync).WithName("GetPreview").Produces(StatusCodes.Status200OK, contentType: "image/webp");
    }

    private static async Task<IResult> ImportAsync(ImportRequest request, DatasetService service, DatasetQueries queries, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Path))
            return Problems.Invalid("path", "An import needs the path of a folder or of a CSV list.");
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Trim().Length > 200)
            return Problems.Invalid("name", "A data set needs a name of 1 to 200 characters.");
        (Guid? id, string? refusal) = await service.StartImportAsync(request.Path.Trim(), request.Name.Trim(), false, cancel);
        if (id is null)
            return Problems.Invalid("path", refusal ?? "The import was refused.");
        return await queries.ImportAsync(id.Value, cancel) is { } import ? Results.Accepted($"{LabUrls.Api}/datasets/imports/{id}", Answer(import)) : Problems.NotFound($"There is no import {id}.");
    }

    private static async Task<IResult> PreviewAsync(Guid version, int index, IDbContextFactory<LabDbContext> database, LabPaths paths, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        // An edited version shares the pictures of the version that it was made from.
        var place = await (from row in db.Samples
                           where row.VersionId == version && row.Index == index
                           join owner in db.DatasetVersions on row.PreviewVersionId ?? row.VersionId equals owner.Id
                           select new { VersionId = owner.Id, row.PreviewIndex, owner.Hash }).FirstOrDefaultAsync(cancel);
        string folder = place is null ? "" : Path.Combine(paths.DatasetFolder(place.VersionId), "previews");
        string? file = place is null ? null : PreviewTypes.Select(extension => Path.Combine(folder, $"{place.PreviewIndex:D6}{extension}")).FirstOrDefault(File.Exists);
        if (place is null || file is null)
            return Problems.NotFound($"Version {version} has no preview of sample {index}.");
        return Results.File(file, Path.GetExtension(file) == ".webp" ? "image/webp" : "image/jpeg", entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{place.Hash[..16]}-{place.PreviewIndex}\""));
    }

    private static DatasetAnswer Answer(DatasetRow d) => new(d.Id, d.Name, d.Task, d.Version, d.Classes, d.Samples, new SplitCounts(d.Train, d.Validation, d.Test), d.Hash, d.Problems);

    private static ImportAnswer Answer(Import i) => new(i.Id, i.Name, i.State, i.Stage, i.Done, i.Total, i.Message, i.VersionId);
}

public sealed record ImportRequest(string Path, string Name);

public sealed record ImportAnswer(Guid Id, string Name, ImportState State, string Stage, long Done, long Total, string Message, Guid? VersionId);

public sealed record SplitCounts(int Train, int Validation, int Test);

public sealed record DatasetAnswer(Guid Id, string Name, string Task, int Version, IReadOnlyList<string> Classes, int Samples, SplitCounts Splits, string Hash, int Problems);
