using LrcnLab.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace LrcnLab.Web.Hosting;

/// <summary>507 when the disk is full, with the sentence that says what to do.</summary>
public sealed class StorageFullHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not StorageFullException)
            return false;
        await Results.Problem(exception.Message, statusCode: StatusCodes.Status507InsufficientStorage, title: "Disk full").ExecuteAsync(httpContext);
        return true;
    }
}
