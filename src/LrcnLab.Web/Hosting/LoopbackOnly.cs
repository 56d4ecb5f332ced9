using System.Net;

namespace LrcnLab.Web.Hosting;

/// <summary>Deny by default: there are no accounts yet, so nobody outside this machine may connect, and no page of another site may act.</summary>
public static class LoopbackOnly
{
    /// <summary>Null when every configured address is loopback, else the sentence that refuses to start.</summary>
    public static string? Refusal(IConfiguration configuration)
    {
        var urls = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"])
            .Concat((configuration["urls"] ?? "").Split(';'))
            .Where(u => !string.IsNullOrWhiteSpace(u));
        string? open = urls.FirstOrDefault(u => !IsLoopback(u!));
        return open is null ? null : $"The address \"{open}\" can be reached from other machines, and LrcnLab has no accounts yet: use http://127.0.0.1:PORT, and a tunnel such as ssh -L for access from elsewhere.";
    }

    /// <summary>Refuses requests that change something when another site's page sent them.</summary>
    public static IApplicationBuilder UseSameOriginOnly(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        HttpRequest request = context.Request;
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        bool socket = context.WebSockets.IsWebSocketRequest;
        string? origin = request.Headers.Origin;
        if ((!reads || socket) && !string.IsNullOrEmpty(origin) && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsJsonAsync(new { title = "Refused", detail = $"A page of {origin} may not act here.", status = 403 });
            return;
        }

        await next(context);
    });

    private static bool IsLoopback(string url)
    {
        if (!Uri.TryCreate(url.Replace("*", "0.0.0.0", StringComparison.Ordinal).Replace("+", "0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out Uri? uri))
            return false;
        return uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
