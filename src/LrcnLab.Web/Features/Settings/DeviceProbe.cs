using System.Diagnostics;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Storage;

namespace LrcnLab.Web.Features.Settings;

/// <param name="Id"><c>cpu</c>, <c>cuda:0</c>, …</param>
/// <param name="Kind"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Name">What the maker calls it.</param>
/// <param name="Cores">Processor cores; 0 for a GPU.</param>
/// <param name="MemoryBytes">0 when unknown.</param>
public sealed record Device(string Id, string Kind, string Name, int Cores, long MemoryBytes);

public sealed record DeviceList(IReadOnlyList<Device> Devices, string? Problem);

/// <summary>Asks the worker which devices there are: only the worker may load the native libraries. Asked once, then remembered.</summary>
public sealed class DeviceProbe(LabOptions options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DeviceList? _known;

    public void Dispose() => _turn.Dispose();

    public async Task<DeviceList> GetAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return _known ??= await AskAsync(cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<DeviceList> AskAsync(CancellationToken cancel)
    {
        var start = new ProcessStartInfo("dotnet", [options.WorkerPath, "devices", "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = new Process { StartInfo = start };
        process.Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token), errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? new DeviceList(JsonSerializer.Deserialize<List<Device>>(await output, LabJson.Options) ?? [], null)
                : new DeviceList([], $"The worker could not list devices (exit code {process.ExitCode}): {(await errors).Trim()}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return new DeviceList([], $"The worker did not answer within {Patience.TotalSeconds} seconds.");
        }
    }
}
