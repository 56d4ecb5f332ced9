using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;

namespace LrcnLab.Web.Features.Runs.Download;

/// <summary>A file of a zip that is made while it is sent.</summary>
/// <param name="Name">With slashes.</param>
/// <param name="Compress">Checkpoints do not get smaller.</param>
/// <param name="WriteAsync">Writes the content.</param>
public sealed record ZipPart(string Name, bool Compress, Func<Stream, CancellationToken, Task> WriteAsync);

/// <summary>Sends zips of any size without a temporary file: part after part, each copied as it is read.</summary>
public static class ZipDownload
{
    public static IResult Stream(HttpContext context, string name, IAsyncEnumerable<ZipPart> parts) => Stream(
        context,
        name,
        async to =>
        {
            await using ZipArchive zip = await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null);
            await foreach (ZipPart part in parts)
            {
                await using Stream entry = await zip.CreateEntry(part.Name, part.Compress ? CompressionLevel.Fastest : CompressionLevel.NoCompression).OpenAsync();
                await part.WriteAsync(entry, CancellationToken.None);
            }
        });

    /// <param name="context">Of the request.</param>
    /// <param name="name">Of the file.</param>
    /// <param name="write">Writes the whole zip.</param>
    public static IResult Stream(HttpContext context, string name, Func<Stream, Task> write)
    {
        // The archive writes the few bytes before and behind each file in the old way.
        if (context.Features.Get<IHttpBodyControlFeature>() is { } body)
            body.AllowSynchronousIO = true;
        return Results.Stream(write, "application/zip", name);
    }

    /// <summary>A name that every file system takes.</summary>
    public static string Safe(string name) => string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.') is { Length: > 0 } safe ? safe : "unnamed";
}
