using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Queue;

namespace LrcnLab.Web.Features.Queue;

/// <summary>What each waiting run waits for, in words.</summary>
internal static class QueueWords
{
    /// <param name="order">Places in <paramref name="items"/>, the next one first.</param>
    /// <param name="items">Runs that wait.</param>
    /// <param name="snapshot">Slots and who holds them.</param>
    /// <param name="leaving">Names of runs that give their slots back.</param>
    /// <param name="isHeld">The whole queue is.</param>
    /// <param name="isKnown">The slots of this machine are.</param>
    /// <returns>As long as <paramref name="items"/>; null for those that start this moment.</returns>
    public static IReadOnlyList<string?> Of(IReadOnlyList<int> order, IReadOnlyList<WaitingItem> items, QueueSnapshot snapshot, IReadOnlyList<string> leaving, bool isHeld, bool isKnown)
    {
        string?[] words = new string?[items.Count];
        if (isHeld || !isKnown)
        {
            Array.Fill(words, isHeld ? "the queue to be released" : "this machine to find its devices");
            return words;
        }

        QueueDecision decision = snapshot.Decide(items);
        var before = new Dictionary<DeviceKind, int>();
        foreach (int i in order)
        {
            if (decision.Waits[i] is not { } wait)
                continue;
            words[i] = wait.For;
            if (!wait.IsTurn)
                continue;
            DeviceKind kind = Slot.KindOn(snapshot.Machine, items[i].Device);
            int ahead = before.GetValueOrDefault(kind);
            before[kind] = ahead + 1;
            words[i] = ahead > 0 ? $"{ahead} before it, then {wait.For}" : leaving.Count > 0 ? $"\"{leaving[0]}\" to leave its slot" : wait.For;
        }

        return words;
    }
}
