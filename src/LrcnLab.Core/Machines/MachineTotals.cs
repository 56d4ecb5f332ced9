namespace LrcnLab.Core.Machines;

/// <summary>What a machine was used for over some time.</summary>
/// <param name="SlotHours">Hours that runs were on its slots, summed over slots.</param>
/// <param name="EnergyWh">Of its GPUs; null when none says its power.</param>
public sealed record MachineTotals(double SlotHours, double? EnergyWh)
{
    /// <summary>Each moment counts until the next one; a longer gap counts as nothing, since nobody looked then.</summary>
    /// <param name="history">By time.</param>
    /// <param name="longestGap">Between two moments that follow each other.</param>
    public static MachineTotals Of(IReadOnlyList<(DateTime Time, MachineUsage Usage)> history, TimeSpan longestGap)
    {
        double slots = 0, energy = 0;
        bool measured = false;
        for (int i = 0; i < history.Count; i++)
        {
            double? watts = Watts(history[i].Usage);
            measured |= watts is not null;
            TimeSpan time = i + 1 < history.Count ? history[i + 1].Time - history[i].Time : TimeSpan.Zero;
            if (time > longestGap)
                continue;
            slots += history[i].Usage.SlotsBusy * time.TotalHours;
            energy += (watts ?? 0) * time.TotalHours;
        }

        return new MachineTotals(slots, measured ? energy : null);
    }

    private static double? Watts(MachineUsage usage) => usage.Gpus.Any(g => g.Watts is not null) ? usage.Gpus.Sum(g => g.Watts ?? 0) : null;
}
