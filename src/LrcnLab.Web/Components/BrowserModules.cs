using Microsoft.JSInterop;

namespace LrcnLab.Web.Components;

/// <summary>Script modules that may already be gone with their page.</summary>
public static class BrowserModules
{
    public static async ValueTask DisposeQuietlyAsync(this IJSObjectReference? module)
    {
        if (module is null)
            return;
        try
        {
            await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser left first; its scripts are gone already.
        }
    }
}
