using System.ComponentModel;
using System.Diagnostics;
using LrcnLab.Storage;

namespace LrcnLab.Web.Hosting;

/// <summary>Shows the start page to a person who started the program by hand; never in services, containers and tests.</summary>
public static class BrowserOpener
{
    /// <param name="url">Address of the start page.</param>
    /// <param name="options">Say whether the browser may be opened.</param>
    public static void TryOpen(string url, LabOptions options)
    {
        bool hasScreen = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() || Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 };
        if (!hasScreen || Console.IsOutputRedirected || !Environment.UserInteractive || !options.OpenBrowser)
            return;
        try
        {
            using Process? browser = OperatingSystem.IsWindows() ? Process.Start(new ProcessStartInfo(url) { UseShellExecute = true })
                : Process.Start(new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [url]) { RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (Win32Exception)
        {
            // No browser to open: the address is printed.
        }
    }
}
