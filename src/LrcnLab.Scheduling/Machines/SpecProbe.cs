using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Scheduling.Machines;

/// <summary>Has a worker measure what a step of a specification costs on a free slot of this machine, one measurement at a time.</summary>
public sealed class SpecProbe(Machine machine, LabOptions options, IDbContextFactory<LabDbContext> contexts) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <returns>The cost, or why it was not measured, in words.</returns>
    public async Task<(StepCost? Cost, string? Problem)> MeasureAsync(RunSpec spec, int classes, CancellationToken cancellationToken)
    {
        if (!machine.IsKnown)
            return (null, "The devices of this machine are still being looked for: try again in a few seconds.");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            DeviceKind kind = Slot.KindOn(machine.Slots, spec.Resources.Device);
            int[] taken = await TakenAsync(cancellationToken);
            Slot[] free = [.. machine.Slots.Where(s => s.Kind == kind && !taken.Contains(s.Number)).Take(spec.Resources.Slots)];
            if (free.Length < spec.Resources.Slots)
                return (null, machine.Slots.Any(s => s.Kind == kind) ? "Every slot trains a run: a measurement beside it would slow it down and be wrong. Wait, or pause a run." : $"This machine has no slot of the kind {SpecField.Word(kind)}.");
            if (free.All(s => s.MemoryBytes > 0) && RunNeeds.MemoryProblem(spec, classes, free.Sum(s => s.MemoryBytes)) is { } memory)
                return (null, memory);
            return await RunAsync(spec, classes, free, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<int[]> TakenAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.LeaseSlots.Where(s => s.Node == machine.Node).Select(s => s.Slot).ToArrayAsync(cancellationToken);
    }

    private async Task<(StepCost? Cost, string? Problem)> RunAsync(RunSpec spec, int classes, Slot[] slots, CancellationToken cancellationToken)
    {
        string file = Path.Combine(Path.GetTempPath(), $"lrcnlab-probe-{Guid.CreateVersion7()}.json");
        try
        {
            await File.WriteAllTextAsync(file, SpecText.ToJson(spec), cancellationToken);
            ProcessStartInfo start = WorkerCommand.Create(options.WorkerPath, ["probe", file, "--classes", classes.ToString(CultureInfo.InvariantCulture), "--json"]);
            WorkerCommand.Confine(start, slots, Environment.GetEnvironmentVariable(WorkerCommand.VisibleDevices));
            WorkerAnswer? answer = await WorkerAnswer.AskAsync(start, Patience, cancellationToken);
            if (answer is null)
                return (null, $"Two steps took longer than {Patience.TotalMinutes} minutes: this is too much for this machine.");
            if (answer.ExitCode != 0)
                return (null, $"The measurement failed (exit code {answer.ExitCode}): {answer.Errors}");
            return JsonSerializer.Deserialize<StepCost>(answer.Output, LabJson.Options) is { SecondsPerStep: > 0 } cost ? (cost, null) : (null, "The worker measured nothing.");
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or JsonException)
        {
            return (null, $"The measurement failed: {e.Message}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
