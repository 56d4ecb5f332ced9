using Hangfire;
using Hangfire.AspNetCore;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling.Machines;

/// <summary>Finds the devices of this machine, and then runs Hangfire's server for its slots, with a worker for each.</summary>
internal sealed class TrainServer(Machine machine, Dispatcher dispatcher, LabOptions options, JobStorage storage, IServiceScopeFactory scopes, ILogger<TrainServer> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;
    private BackgroundJobServer? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _starting = Task.Run(() => BeginAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_server is null)
            return;
        _server.SendStop();
        await _server.WaitForShutdownAsync(cancellationToken);
    }

    public void Dispose()
    {
        _server?.Dispose();
        _stopping.Dispose();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await TryBeginAsync(cancellationToken);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                logger.LogError(e, "This machine cannot train yet; trying again");
                await Task.Delay(Pause, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TryBeginAsync(CancellationToken cancellationToken)
    {
        DeviceList devices = await DeviceProbe.AskAsync(options, cancellationToken);
        if (devices.Problem is not null)
            logger.LogError("{Problem}", devices.Problem);
        await machine.SetAsync(devices, cancellationToken);
        if (machine.Slots.Count == 0)
            logger.LogWarning("This machine has no slot: Lab:Slots and Lab:SlotsPerGpu leave none");
        _server = new BackgroundJobServer(HangfireServers.Options(new AspNetCoreJobActivator(scopes), options, QueueNames.Train(machine.Node), Math.Max(1, machine.Slots.Count)), storage);
        await dispatcher.DispatchAsync(cancellationToken);
    }
}
