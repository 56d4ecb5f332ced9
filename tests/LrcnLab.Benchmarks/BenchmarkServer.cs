using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace LrcnLab.Benchmarks;

/// <summary>The real program in a process of its own, on a data folder.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private readonly Process _process;

    private BenchmarkServer(Process process, Uri address) => (_process, Http) = (process, new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan });

    public HttpClient Http { get; }

    public static async Task<BenchmarkServer> StartAsync(string folder)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        string root = typeof(BenchmarkServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
        string dll = Path.Combine(root, "src", "LrcnLab.Web", "bin", "Release", "net10.0", "LrcnLab.Web.dll");
        var address = new Uri($"http://127.0.0.1:{port}/api/v1/");
        Process process = Process.Start(new ProcessStartInfo("dotnet", [dll, $"--Kestrel:Endpoints:Http:Url=http://127.0.0.1:{port}", $"--Lab:DataDirectory={folder}", $"--Lab:SamplesDirectory={Path.Combine(folder, "none")}", "--Lab:SystemMetricsInterval=00:00:00", "--Lab:OpenBrowser=false"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.Combine(root, "src", "LrcnLab.Web"),
        })!;
        _ = process.StandardOutput.ReadToEndAsync();
        var server = new BenchmarkServer(process, address);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                (await server.Http.GetAsync("health")).EnsureSuccessStatusCode();
                return server;
            }
            catch (HttpRequestException) when (!process.HasExited && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1))
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Resident bytes now, or the most since <see cref="ForgetPeak"/>.</summary>
    public long Memory(bool peak) => long.Parse(File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(peak ? "VmHWM:" : "VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    public void ForgetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
