using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
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
        datasets.MapPost("/import/preview", PreviewImportAsync).WithName("PreviewImport").Produces<ImportPreview>().ProducesValidationProblem();
        datasets.MapPost("/imports/{id:guid}/cancel", CancelImportAsync).WithName("CancelImport").Produces<ImportAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        datasets.MapGet("/imports/{id:guid}", async (Guid id, DatasetQueries queries, CancellationToken cancel) =>
                await queries.ImportAsync(id, cancel) is { } import ? Results.Ok(Answer(import)) : Problems.NotFound($"There is no import {id}."))
            .WithName("GetImport").Produces<ImportAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapGet("/versions/{version:guid}/samples/{index:int}/preview", PreviewAsync).WithName("GetPreview").Produces(StatusCodes.Status200OK, contentType: "image/webp");
    }

    private static async Task<IResult> ImportAsync(ImportRequest request, DatasetService service, DatasetQueries queries, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Name))
            return Problems.Invalid("name", "A data set needs a name of 1 to 200 characters.");
        (Guid? id, SpecProblem? refusal) = await service.StartImportAsync(request.Source, request.Name, request.Decisions, trusted: false, cancel);
        if (id is null)
            return Problems.Invalid([refusal!]);
        return await queries.ImportAsync(id.Value, cancel) is { } import ? Results.Accepted($"{LabUrls.Api}/datasets/imports/{id}", Answer(import)) : Problems.NotFound($"There is no import {id}.");
    }

    /// <summary>Answers when the worker has looked, which takes a while for an archive; closing the connection ends it.</summary>
    private static async Task<IResult> PreviewImportAsync(ImportRequest request, ImportPreviews previews, CancellationToken cancel)
    {
        try
        {
            PreviewResult result = await previews.LookAsync(request.Source, request.Decisions, null, cancel);
            return result.Preview is { } preview ? Results.Ok(preview) : Problems.Invalid([result.Problem!]);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
    }

    private static async Task<IResult> CancelImportAsync(Guid id, DatasetService service, DatasetQueries queries, CancellationToken cancel) => await service.CancelImportAsync(id, cancel) switch
    {
        (false, _) => Problems.NotFound($"There is no import {id}."),
        (true, string refusal) => Problems.Conflict(refusal),
        _ => Results.Accepted($"{LabUrls.Api}/datasets/imports/{id}", Answer((await queries.ImportAsync(id, cancel))!)),
    };

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

/// <summary>A path on the server or the id of an upload, and what was decided about its import; the rest is recognised.</summary>
public sealed record ImportRequest(string? Path, Guid? UploadId, string? Name, string? Layout, int? SplitNumber, double? ValidationShare, double? TestShare, int? Seed)
{
    private static readonly ImportOptions Defaults = new();

    internal ImportSource Source => new(Path?.Trim(), UploadId);

    internal ImportOptions Decisions => new()
    {
        Layout = string.IsNullOrWhiteSpace(Layout) ? null : Layout.Trim(),
        SplitNumber = SplitNumber ?? Defaults.SplitNumber,
        ValidationShare = ValidationShare ?? Defaults.ValidationShare,
        TestShare = TestShare ?? Defaults.TestShare,
        Seed = Seed ?? Defaults.Seed,
    };
}

public sealed record ImportAnswer(Guid Id, string Name, ImportState State, string Stage, long Done, long Total, string Message, Guid? VersionId);

public sealed record SplitCounts(int Train, int Validation, int Test);

public sealed record DatasetAnswer(Guid Id, string Name, string Task, int Version, IReadOnlyList<string> Classes, int Samples, SplitCounts Splits, string Hash, int Problems);
