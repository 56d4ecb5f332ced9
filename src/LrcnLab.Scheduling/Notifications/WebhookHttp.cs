using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using LrcnLab.Core.Notifications;
using LrcnLab.Storage.Entities;

namespace LrcnLab.Scheduling.Notifications;

/// <summary>How one attempt went.</summary>
/// <param name="Status">Null when there was no answer.</param>
/// <param name="Answer">Its beginning, or what went wrong.</param>
public sealed record WebhookAnswer(int? Status, string Answer, int Milliseconds)
{
    public bool IsGood => Status is >= 200 and < 300;
}

/// <summary>Sends a delivery, once. Follows no redirects, uses no proxy, and looks at the address it really connects to, so that no name can lead elsewhere than it did when it was checked.</summary>
internal sealed class WebhookHttp : IDisposable
{
    private const int MostAnswer = 2000;

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly HttpClient _http;

    public WebhookHttp()
        : this(Dns.GetHostAddressesAsync)
    {
    }

    /// <param name="resolve">From the name of a host to its addresses.</param>
    internal WebhookHttp(Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _resolve = resolve;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            // What is not kept of an answer is not read either.
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>For one attempt, from the name of the host to the end of what is read of the answer.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    public async Task<WebhookAnswer> SendAsync(WebhookDelivery delivery, DateTimeOffset now, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            long timestamp = now.ToUnixTimeSeconds();
            using var request = new HttpRequestMessage(HttpMethod.Post, delivery.Webhook.Url) { Content = new StringContent(delivery.Body, Encoding.UTF8, "application/json") };
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("LrcnLab", "1"));
            request.Headers.Add(WebhookRules.DeliveryHeader, delivery.Id.ToString());
            request.Headers.Add(WebhookRules.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add(WebhookRules.SignatureHeader, WebhookRules.Sign(delivery.Webhook.Secret, timestamp, delivery.Body));
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return new WebhookAnswer((int)response.StatusCode, await BeginningAsync(response, patience.Token), Elapsed(start));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer(null, $"No answer within {Patience.TotalSeconds:0.#} s.", Elapsed(start));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            return new WebhookAnswer(null, Shortened(Workers.LogText.Clean((e.InnerException ?? e).Message)), Elapsed(start));
        }
    }

    public void Dispose() => _http.Dispose();

    private static int Elapsed(long start) => (int)Stopwatch.GetElapsedTime(start).TotalMilliseconds;

    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[MostAnswer];
        int read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Workers.LogText.Clean(Encoding.UTF8.GetString(buffer, 0, read));
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await _resolve(context.DnsEndPoint.Host, cancellationToken);
        if (addresses.FirstOrDefault(WebhookRules.IsForbidden) is { } forbidden)
            throw new IOException(WebhookRules.Forbidden(forbidden));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Shortened(string text) => text.Length <= MostAnswer ? text : text[..MostAnswer];
}
