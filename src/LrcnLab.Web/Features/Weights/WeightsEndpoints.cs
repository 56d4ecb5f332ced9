using System.Globalization;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Mvc;

namespace LrcnLab.Web.Features.Weights;

/// <summary>Weights for runs to begin with, over HTTP.</summary>
public static class WeightsEndpoints
{
    public static void MapWeights(this RouteGroupBuilder api)
    {
        RouteGroupBuilder weights = api.MapGroup("/weights").WithTags("Weights");
        weights.MapGet("", async (WeightsQueries queries, CancellationToken cancel) => new Page<WeightsRow>(await queries.ListAsync(cancel), null)).WithName("ListWeights");
        weights.MapPost("", AddAsync).WithName("AddWeights").WithSummary("The body is a file of weights: safetensors, .pth of PyTorch, or a checkpoint of a run. Without ?name= it is called as the header X-File-Name says.")
            .Produces<WeightsArrival>().ProducesValidationProblem().WithMetadata(new DisableRequestSizeLimitAttribute());
        weights.MapDelete("/{id:guid}", async (Guid id, WeightsService service, CancellationToken cancel) => await service.RemoveAsync(id, cancel) ? Results.NoContent() : Problems.NotFound($"There are no weights {id}."))
            .WithName("DeleteWeights").WithSummary("Runs that begin with them keep the file.").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> AddAsync(string? name, HttpRequest request, WeightsService service, LabPaths paths, CancellationToken cancel)
    {
        long free = new DriveInfo(paths.DataDirectory).AvailableFreeSpace;
        if (request.ContentLength is long length && free < length + (64 << 20))
            return Problems.Invalid("body", $"The file has {length >> 20:N0} MiB; {free >> 20:N0} MiB are free on the disk of the data folder.");
        string file = Path.Combine(paths.DataDirectory, $"incoming-{Guid.CreateVersion7()}.weights");
        try
        {
            await using (var to = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
                await request.Body.CopyToAsync(to, cancel);
            // All of it is here: it comes in whole, though the sender leaves.
            (WeightsFile? added, string? refusal) = await service.AddAsync(file, string.IsNullOrWhiteSpace(name) ? NameOf(request) : name, CancellationToken.None);
            return added is null ? Problems.Invalid("body", refusal!) : Results.Ok(new WeightsArrival(WeightsQueries.Row(added, 0), Message(added)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What the browser calls the file, without folder and ending.</summary>
    private static string NameOf(HttpRequest request)
    {
        string name = Uri.UnescapeDataString(request.Headers["X-File-Name"].ToString());
        name = Path.GetFileNameWithoutExtension(name[(name.LastIndexOfAny(['/', '\\']) + 1)..]);
        return name.Length > 100 ? name[..100] : name;
    }

    private static string Message(WeightsFile added) => string.Create(
        CultureInfo.InvariantCulture,
        $"{added.Name}: {added.Tensors:N0} tensors with {added.Parameters:N0} numbers came in, {(added.Networks.Count == 0 ? "of no known network" : $"for {string.Join(" or ", added.Networks)}")}.");
}

/// <param name="Message">In words.</param>
public sealed record WeightsArrival(WeightsRow Weights, string Message);
