using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>Notes everything that goes wrong in a page while a test uses it: script errors, failed requests, requests to other machines, reloads.</summary>
internal sealed class PageWatch
{
    private readonly ConcurrentQueue<string> _faults = new();
    private int _loads;

    public PageWatch(IPage page, Uri address)
    {
        page.PageError += (_, error) => _faults.Enqueue($"script error: {error}");
        page.Console += (_, message) =>
        {
            // A missing picture or series is reported once more as a failed response below.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _faults.Enqueue($"console: {message.Text}");
        };
        page.Request += (_, request) =>
        {
            var url = new Uri(request.Url);
            if (url.Scheme is "http" or "https" or "ws" or "wss" && url.Authority != address.Authority)
                _faults.Enqueue($"request to another machine: {request.Url}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 500)
                _faults.Enqueue($"{response.Status} of {response.Url}");
        };
        page.Load += (_, _) => Interlocked.Increment(ref _loads);
    }

    /// <summary>How often the whole document was loaded.</summary>
    public int Loads => _loads;

    public void AssertNoFaults() => Assert.True(_faults.IsEmpty, string.Join('\n', _faults));
}
