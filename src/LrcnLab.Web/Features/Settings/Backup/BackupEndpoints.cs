using LrcnLab.Storage.Backup;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Settings.Backup;

/// <summary>Backups over HTTP: made, read through, downloaded, deleted, and set for the next start.</summary>
public static class BackupEndpoints
{
    public static void MapBackups(this RouteGroupBuilder api)
    {
        RouteGroupBuilder backups = api.MapGroup("/backups").WithTags("Backups");
        backups.MapGet("", (BackupService service) => new Page<BackupFile>(service.List(), null)).WithName("ListBackups");
        backups.MapPost("", (BackupService service) => Accepted(service.Begin())).WithName("CreateBackup").Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        backups.MapGet("/operation", (BackupService service) => new BackupOperation(service.Progress, service.Outcome, service.Failed, service.Requested)).WithName("GetBackupOperation");
        backups.MapDelete("/operation", (BackupService service) =>
        {
            service.Cancel();
            return Results.Accepted();
        }).WithName("CancelBackupOperation").Produces(StatusCodes.Status202Accepted);
        backups.MapPost("/{name}/verify", (string name, BackupService service) => service.Find(name) is null ? NoBackup(name) : Accepted(service.Verify(name)))
            .WithName("VerifyBackup").Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        backups.MapPost("/{name}/restore", (string name, BackupService service) => service.RestoreAtNextStart(name) is null ? Results.Accepted($"{LabUrls.Api}/backups/operation") : NoBackup(name))
            .WithName("RestoreBackup").Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound);
        backups.MapGet("/{name}/content", (string name, BackupService service) => service.Find(name) is { } file ? Results.File(file, "application/zip", name, enableRangeProcessing: true) : NoBackup(name))
            .WithName("GetBackupContent").Produces(StatusCodes.Status200OK, contentType: "application/zip").ProducesProblem(StatusCodes.Status404NotFound);
        backups.MapDelete("/{name}", (string name, BackupService service) => service.Find(name) is null ? NoBackup(name) : service.Delete(name) is { } refusal ? Problems.Conflict(refusal) : Results.NoContent())
            .WithName("DeleteBackup").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static IResult Accepted(string? refusal) => refusal is null ? Results.Accepted($"{LabUrls.Api}/backups/operation") : Problems.Conflict(refusal);

    private static IResult NoBackup(string name) => Problems.NotFound($"There is no backup \"{name}\".");
}

/// <param name="Progress">Null when nothing goes on.</param>
/// <param name="Outcome">Of the last one, in words.</param>
/// <param name="Failed">Whether somebody must look at the outcome.</param>
/// <param name="RestoresAtNextStart">Name of a backup; null for none.</param>
public sealed record BackupOperation(BackupProgress? Progress, string? Outcome, bool Failed, string? RestoresAtNextStart);
