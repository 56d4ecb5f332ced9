using LrcnLab.Core.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Machines;

/// <summary>This machine: its devices, and the slots into which the settings divide them. Nothing is known before the worker has answered, a second or two after the start.</summary>
public sealed class Machine
{
    private readonly TaskCompletionSource<DeviceList> _devices = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LabOptions _options;
    private readonly ServerIdentity _server;
    private readonly LabWriter _writer;
    private readonly TimeProvider _clock;

    internal Machine(LabOptions options, ServerIdentity server, LabWriter writer, TimeProvider clock) => (_options, _server, _writer, _clock) = (options, server, writer, clock);

    public string Node => _server.Node;

    /// <summary>Empty before they are known.</summary>
    public IReadOnlyList<Slot> Slots { get; private set; } = [];

    public bool IsKnown => _devices.Task.IsCompletedSuccessfully;

    /// <summary>When the worker has answered.</summary>
    public Task<DeviceList> DevicesAsync(CancellationToken cancellationToken) => _devices.Task.WaitAsync(cancellationToken);

    /// <summary>Takes note of the devices, for all machines to see.</summary>
    internal async Task SetAsync(DeviceList devices, CancellationToken cancellationToken)
    {
        Slots = Slot.Divide(devices.Devices, _options.Slots, _options.SlotsPerGpu);
        await _writer.WriteAsync(
            async db =>
            {
                DateTime now = _clock.GetUtcNow().UtcDateTime;
                await Nodes.ForgetAsync(db, Node, now, cancellationToken);
                if (await db.Nodes.FindAsync([Node], cancellationToken) is { } known)
                    (known.Slots, known.SeenAt) = ([.. Slots], now);
                else
                    db.Nodes.Add(new Node { Name = Node, Slots = [.. Slots], SeenAt = now });
            },
            cancellationToken);
        _devices.TrySetResult(devices);
    }

    /// <summary>Tells other machines that this one is there.</summary>
    internal Task RenewAsync(CancellationToken cancellationToken)
    {
        DateTime now = _clock.GetUtcNow().UtcDateTime;
        return _writer.WriteAsync(db => db.Nodes.Where(n => n.Name == Node).ExecuteUpdateAsync(n => n.SetProperty(x => x.SeenAt, now), cancellationToken), cancellationToken);
    }
}
