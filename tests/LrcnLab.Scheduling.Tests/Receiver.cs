using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LrcnLab.Scheduling.Tests;

/// <summary>What arrived at a <see cref="Receiver"/>.</summary>
public sealed record Received(string Delivery, long Timestamp, string Signature, string Body);

/// <summary>A program that gets webhooks, on a free port of this machine.</summary>
public sealed class Receiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Lock _lock = new();
    private readonly List<Received> _received = [];

    public Receiver()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = Task.Run(ListenAsync);
    }

    public string Url { get; }

    /// <summary>What it answers.</summary>
    public int Status { get; set; } = 200;

    public IReadOnlyList<Received> All
    {
        get
        {
            lock (_lock)
                return [.. _received];
        }
    }

    public void Dispose() => _listener.Close();

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                string body = await reader.ReadToEndAsync();
                lock (_lock)
                    _received.Add(new Received(context.Request.Headers["X-LrcnLab-Delivery"]!, long.Parse(context.Request.Headers["X-LrcnLab-Timestamp"]!), context.Request.Headers["X-LrcnLab-Signature"]!, body));
                context.Response.StatusCode = Status;
                if (Status is >= 300 and < 400)
                    context.Response.RedirectLocation = "/elsewhere";
                await context.Response.OutputStream.WriteAsync("thanks"u8.ToArray());
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
