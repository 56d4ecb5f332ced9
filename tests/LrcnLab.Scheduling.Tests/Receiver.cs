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

    /// <summary>What it says.</summary>
    public string Answer { get; set; } = "thanks";

    /// <summary>How long it thinks before it answers.</summary>
    public TimeSpan Delay { get; set; }

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
                _ = AnswerAsync(context);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            string body = await reader.ReadToEndAsync();
            lock (_lock)
                _received.Add(new Received(context.Request.Headers["X-LrcnLab-Delivery"]!, long.Parse(context.Request.Headers["X-LrcnLab-Timestamp"]!), context.Request.Headers["X-LrcnLab-Signature"]!, body));
            await Task.Delay(Delay);
            context.Response.StatusCode = Status;
            if (Status is >= 300 and < 400)
                context.Response.RedirectLocation = "/elsewhere";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer));
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The sender lost patience, or this is closed.
        }
    }
}
