using System.Globalization;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Storage.Transfer;
using LrcnLab.Web.Features.Runs.Download;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Projects;

/// <summary>Projects as one file, to another installation and from it.</summary>
public static class TransferEndpoints
{
    public static void MapTransfer(this RouteGroupBuilder api)
    {
        api.MapGet("/projects/{id:guid}/export", ExportAsync).WithTags("Projects").WithName("ExportProject").Produces(StatusCodes.Status200OK, contentType: "application/zip").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/projects/import", ImportAsync).WithTags("Projects").WithName("ImportProject").WithSummary("The body is a file that the export of a project gave.")
            .Produces<ProjectArrival>().ProducesValidationProblem().WithMetadata(new DisableRequestSizeLimitAttribute());
    }

    private static async Task<IResult> ExportAsync(Guid id, HttpContext context, ProjectExporter exporter, IDbContextFactory<LabDbContext> contexts, CancellationToken cancel)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Projects.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancel) is not Project project)
            return Problems.NotFound($"There is no project {id}.");
        return ZipDownload.Stream(context, $"project-{ZipDownload.Safe(project.Name)}.zip", to => exporter.WriteAsync(id, to, cancel));
    }

    private static async Task<IResult> ImportAsync(HttpRequest request, ProjectImporter importer, LabPaths paths, CancellationToken cancel)
    {
        long free = new DriveInfo(paths.DataDirectory).AvailableFreeSpace;
        // It is unpacked beside itself.
        if (request.ContentLength is long length && free < 2 * length + (64 << 20))
            return Problems.Invalid("body", $"The file has {length >> 20:N0} MiB and needs as much again to be unpacked; {free >> 20:N0} MiB are free on the disk of the data folder.");
        string file = Path.Combine(paths.DataDirectory, $"incoming-{Guid.CreateVersion7()}.zip");
        try
        {
            await using (var to = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
                await request.Body.CopyToAsync(to, cancel);
            // All of it is here: it comes in whole, though the sender leaves.
            (ImportedProject? imported, string? refusal) = await importer.ImportAsync(file, null, CancellationToken.None);
            return imported is null ? Problems.Invalid("body", refusal!.Replace(Path.GetFileName(file), "The file", StringComparison.Ordinal)) : Results.Ok(new ProjectArrival(imported, Message(imported)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Message(ImportedProject imported)
    {
        string runs = string.Create(CultureInfo.InvariantCulture, $"{imported.Project}: {imported.Runs:N0} runs came{(imported.Known > 0 ? $", {imported.Known:N0} were here already" : "")}.");
        return imported.WithoutVideos.Count == 0 ? runs : $"{runs} Without their videos: {string.Join(", ", imported.WithoutVideos)}.";
    }
}

/// <param name="Message">In words.</param>
public sealed record ProjectArrival(ImportedProject Project, string Message);
