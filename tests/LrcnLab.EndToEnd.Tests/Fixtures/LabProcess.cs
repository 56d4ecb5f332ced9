using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>The real program as a process, on a free port of this machine. Disposing it ends it and every process that it started.</summary>
public sealed class LabProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output;

    private LabProcess(Process process, ConcurrentQueue<string> output, Uri address)
    {
        _process = process;
        _output = output;
        Address = address;
        Api = new LabApi(address);
    }

    public Uri Address { get; }

    public LabApi Api { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it has printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <param name="dataFolder">Its data; must exist.</param>
    /// <param name="arguments">Further settings, such as <c>--Lab:Slots=2</c>.</param>
    /// <exception cref="InvalidOperationException">It ended or did not become healthy; the message holds what it printed.</exception>
    public static async Task<LabProcess> StartAsync(string dataFolder, CancellationToken cancel, params string[] arguments)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        (Process process, ConcurrentQueue<string> output) = Launch([$"--Kestrel:Endpoints:Http:Url={address}", $"--Lab:DataDirectory={dataFolder}", .. arguments]);
        var lab = new LabProcess(process, output, address);
        var since = Stopwatch.StartNew();
        while (!await lab.Api.IsHealthyAsync(cancel))
        {
            if (process.HasExited || since.Elapsed > StartLimit)
            {
                string why = process.HasExited ? $"ended with exit code {process.ExitCode}" : $"was not healthy after {StartLimit}";
                await lab.DisposeAsync();
                throw new InvalidOperationException($"LrcnLab {why}:\n{lab.Output}");
            }

            await Task.Delay(200, cancel);
        }

        return lab;
    }

    /// <summary>Starts the program where it is expected to refuse, and waits for its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(CancellationToken cancel, params string[] arguments)
    {
        (Process process, ConcurrentQueue<string> output) = Launch(arguments);
        using (process)
        {
            try
            {
                await process.WaitForExitAsync(cancel).WaitAsync(StartLimit, cancel);
                return (process.ExitCode, string.Join('\n', output));
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Asks it to end, as Ctrl+C or a service manager does, and waits until it has.</summary>
    public async Task<int> StopAsync(CancellationToken cancel)
    {
        using (Process kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(cancel);
        await _process.WaitForExitAsync(cancel).WaitAsync(StartLimit, cancel);
        return _process.ExitCode;
    }

    /// <summary><c>kill -9</c> of the program alone.</summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancel);
    }

    /// <summary>Process ids of the workers that it has running.</summary>
    public IReadOnlyList<int> Workers() => [.. ProcessTable.ChildrenOf(Id).Where(child => ProcessTable.CommandLine(child).Contains("LrcnLab.Worker", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Api.Dispose();
    }

    private static (Process, ConcurrentQueue<string>) Launch(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [TestPaths.WebProgram, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        var output = new ConcurrentQueue<string>();
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, output);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
