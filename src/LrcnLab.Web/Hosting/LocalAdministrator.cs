using System.Net;
using Hangfire.Dashboard;

namespace LrcnLab.Web.Hosting;

/// <summary>Hangfire's dashboard is for whoever sits at this machine.</summary>
public sealed class LocalAdministrator : IDashboardAuthorizationFilter
{
    public bool Authorize(DashboardContext context) =>
        context.GetHttpContext().Connection is { RemoteIpAddress: { } remote } connection && IPAddress.IsLoopback(remote)
        && string.IsNullOrEmpty(context.GetHttpContext().Request.Headers["X-Forwarded-For"]);
}
