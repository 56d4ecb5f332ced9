using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Mvc;

namespace LrcnLab.Web.Features.Data;

/// <summary>Files from browsers, in pieces: announced, sent from where the server says, completed or canceled. Whoever is cut off asks and goes on.</summary>
public static class UploadEndpoints
{
    /// <summary>Of the announcement: the longest list of files that is accepted, with long names.</summary>
    private const int MaxListBytes = 64 << 20;

    private const int MaxBatchBytes = UploadReceiver.MaxPieceBytes + UploadReceiver.MaxBatchFiles * UploadReceiver.BatchHeaderBytes;

    public static void MapUploads(this RouteGroupBuilder api)
    {
        RouteGroupBuilder uploads = api.MapGroup("/uploads").WithTags("Data");
        uploads.MapPost("", CreateAsync).WithMetadata(new RequestSizeLimitAttribute(MaxListBytes)).WithName("CreateUpload")
            .Produces<UploadAnswer>(StatusCodes.Status201Created).Produces<UploadAnswer>().ProducesValidationProblem();
        uploads.MapGet("/{id:guid}", async (Guid id, UploadService service, CancellationToken cancel) =>
                await service.GetAsync(id, cancel) is { } upload ? Results.Ok(Answer(upload)) : NotFound(id))
            .WithName("GetUpload").Produces<UploadAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        uploads.MapPut("/{id:guid}/files/{number:int}", PutPieceAsync).WithMetadata(new RequestSizeLimitAttribute(UploadReceiver.MaxPieceBytes)).WithName("PutPiece")
            .Accepts<byte[]>("application/octet-stream").Produces<PieceAnswer>().Produces<PieceAnswer>(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        uploads.MapPut("/{id:guid}/batch", PutBatchAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBatchBytes)).WithName("PutBatch")
            .Accepts<byte[]>("application/octet-stream").Produces<PieceAnswer>().Produces<PieceAnswer>(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        uploads.MapPost("/{id:guid}/complete", async (Guid id, UploadService service, CancellationToken cancel) => await service.CompleteAsync(id, cancel) switch
        {
            (false, _) => NotFound(id),
            (true, string refusal) => Problems.Conflict(refusal),
            _ => await service.GetAsync(id, cancel) is { } upload ? Results.Ok(Answer(upload)) : NotFound(id),
        }).WithName("CompleteUpload").Produces<UploadAnswer>().ProducesProblem(StatusCodes.Status409Conflict);
        uploads.MapDelete("/{id:guid}", async (Guid id, UploadService service, CancellationToken cancel) => await service.CancelAsync(id, cancel) switch
        {
            (false, _) => NotFound(id),
            (true, string refusal) => Problems.Conflict(refusal),
            _ => Results.NoContent(),
        }).WithName("CancelUpload").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> CreateAsync(UploadRequest request, UploadService service, CancellationToken cancel)
    {
        if (request.Name is null)
            return Problems.Invalid("name", "An upload needs a name.");
        if (request.Files is null || request.Files.Any(f => f?.Path is null))
            return Problems.Invalid("files", "An upload needs a list of files, each with its path and its bytes.");
        (UploadProgress? upload, bool resumed, UploadRefusal? refusal) = await service.CreateAsync(request.Name, request.Files, cancel);
        if (upload is null)
            return Problems.Invalid(refusal!.Field, refusal.Message);
        return resumed ? Results.Ok(Answer(upload)) : Results.Created($"{LabUrls.Api}/uploads/{upload.Id}", Answer(upload));
    }

    private static async Task<IResult> PutPieceAsync(Guid id, int number, long offset, HttpRequest request, UploadReceiver receiver, CancellationToken cancel)
    {
        if (TooLarge(request, UploadReceiver.MaxPieceBytes) is { } refusal)
            return refusal;
        return await AnswerAsync(() => receiver.StorePieceAsync(id, number, offset, request.ContentLength!.Value, request.Body, cancel));
    }

    private static async Task<IResult> PutBatchAsync(Guid id, HttpRequest request, UploadReceiver receiver, CancellationToken cancel)
    {
        if (TooLarge(request, MaxBatchBytes) is { } refusal)
            return refusal;
        return await AnswerAsync(() => receiver.StoreBatchAsync(id, request.Body, cancel));
    }

    private static IResult? TooLarge(HttpRequest request, int limit) => request.ContentLength switch
    {
        null => Results.Problem("A piece says its length in the header Content-Length.", statusCode: StatusCodes.Status411LengthRequired, title: "Length required"),
        long length when length > limit => Results.Problem($"The piece has {length} bytes: at most {limit} are allowed in one request.", statusCode: StatusCodes.Status413PayloadTooLarge, title: "Too large"),
        _ => null,
    };

    private static async Task<IResult> AnswerAsync(Func<Task<PieceResult>> store)
    {
        PieceResult result;
        try
        {
            result = await store();
        }
        catch (Exception e) when (e is OperationCanceledException or BadHttpRequestException or Microsoft.AspNetCore.Connections.ConnectionResetException)
        {
            // The browser went away in the middle; what it sent last is sent again.
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }

        return result.Outcome switch
        {
            PieceOutcome.Stored => Results.Ok(new PieceAnswer(result.Received, "")),
            PieceOutcome.Conflict => Results.Json(new PieceAnswer(result.Received, result.Message), statusCode: StatusCodes.Status409Conflict),
            PieceOutcome.UnknownUpload => Problems.NotFound(result.Message),
            _ => Problems.Invalid("body", result.Message),
        };
    }

    private static IResult NotFound(Guid id) => Problems.NotFound($"There is no upload {id}.");

    private static UploadAnswer Answer(UploadProgress u) => new(u.Id, u.Name, u.State, u.FileCount, u.TotalBytes, u.ReceivedBytes, u.ReceivedFiles, u.Received);
}

public sealed record UploadRequest(string? Name, IReadOnlyList<UploadEntry>? Files);

/// <param name="Received">Bytes that are there of each file, in the order in which the files were announced.</param>
public sealed record UploadAnswer(Guid Id, string Name, UploadState State, int FileCount, long TotalBytes, long ReceivedBytes, int ReceivedFiles, IReadOnlyList<long> Received);

/// <param name="Received">Bytes that are there of the file; the next piece begins there.</param>
/// <param name="Message">Why the piece was not taken, or empty.</param>
public sealed record PieceAnswer(long Received, string Message);
