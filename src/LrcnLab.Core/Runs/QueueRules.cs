using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Runs;

/// <summary>
/// Who starts on a machine's slots, who leaves for whom, and what the others wait for. The highest priority goes first, then the project that holds the fewest slots for its
/// share, then the order of the queue. A run that finds too few slots keeps those behind it from taking what it waits for, except one that will have ended by then.
/// </summary>
public static class QueueRules
{
    /// <param name="waiting">In any order.</param>
    /// <param name="machine">All slots of the machine.</param>
    /// <param name="open">Numbers of those that take new runs.</param>
    /// <param name="seated">Runs that hold slots of the machine.</param>
    /// <param name="groups">What each project, experiment and sweep of the waiting occupies; those that are missing occupy nothing and may anything.</param>
    public static QueueDecision Decide(
        IReadOnlyList<WaitingItem> waiting, IReadOnlyList<Slot> machine, IReadOnlySet<int> open, IReadOnlyList<SeatedRun> seated, IReadOnlyDictionary<Guid, GroupUse> groups)
    {
        var line = new QueueLine(waiting, groups);
        var waits = new QueueWait?[waiting.Count];
        var kinds = machine.Select(s => s.Kind).Distinct().ToDictionary(k => k, k => new KindState([.. machine.Where(s => s.Kind == k)], open, seated));
        var starts = new List<(int, IReadOnlyList<int>)>();
        var leaves = new List<(int, Guid)>();
        while (line.Peek() is int i)
        {
            WaitingItem item = waiting[i];
            DeviceKind kind = Slot.KindOn(machine, item.Device);
            if (line.Limit(item) is string limit)
            {
                waits[i] = new QueueWait(false, limit);
            }
            else if (!kinds.TryGetValue(kind, out KindState? state) || state.All < item.Slots)
            {
                waits[i] = new QueueWait(false, $"{Words(item.Slots, kind)}: this machine has {(state is null ? "none" : state.All)}");
            }
            else if (state.Open < item.Slots)
            {
                waits[i] = new QueueWait(false, $"{Words(item.Slots, kind)} that {(item.Slots == 1 ? "is" : "are")} not drained");
            }
            else if (state.TryStart(item) is { } slots)
            {
                starts.Add((i, slots));
                line.Start();
                continue;
            }
            else
            {
                leaves.AddRange(state.Block(item).Select(run => (i, run)));
                waits[i] = new QueueWait(true, Words(item.Slots, kind));
            }

            line.Skip();
        }

        return new QueueDecision(starts, leaves, waits);
    }

    private static string Words(int slots, DeviceKind kind) => $"{(slots == 1 ? "a" : slots)} {(kind == DeviceKind.Cuda ? "GPU slot" : "slot")}{(slots == 1 ? "" : "s")}";

    /// <summary>The slots of one kind while they are given away.</summary>
    private sealed class KindState
    {
        private readonly List<int> _free;
        private readonly List<SeatedRun> _staying;
        private readonly IReadOnlyList<SeatedRun> _seated;
        private readonly HashSet<int> _open;
        // Slots that nobody who waits has been promised yet: free ones, and those that are being given back.
        private int _unpromised;
        private bool _blocked, _stuck;
        private double? _blockedUntil;

        public KindState(IReadOnlyList<Slot> slots, IReadOnlySet<int> open, IReadOnlyList<SeatedRun> seated)
        {
            var here = slots.Select(s => s.Number).ToHashSet();
            _open = here.Where(open.Contains).ToHashSet();
            _seated = [.. seated.Where(r => r.Slots.Any(here.Contains))];
            _free = [.. _open.Where(s => !_seated.Any(r => r.Slots.Contains(s))).Order()];
            _staying = [.. _seated.Where(r => !r.IsLeaving).OrderBy(r => r.Priority).ThenByDescending(r => r.StartedAt).ThenBy(r => r.Id)];
            _unpromised = _free.Count + _seated.Where(r => r.IsLeaving).Sum(Given);
            All = slots.Count;
        }

        public int All { get; }

        public int Open => _open.Count;

        public int[]? TryStart(WaitingItem item)
        {
            if (_free.Count < item.Slots || (_blocked && !(item.Seconds <= _blockedUntil)))
                return null;
            int[] slots = [.. _free.Take(item.Slots)];
            _free.RemoveRange(0, item.Slots);
            if (!_blocked)
                _unpromised -= item.Slots;
            return slots;
        }

        /// <summary>Keeps slots for it from those behind. Returns the runs that leave for it: the lowest priority first, among equals the one that began last, which loses least.</summary>
        public IReadOnlyList<Guid> Block(WaitingItem item)
        {
            if (!_blocked)
                _blockedUntil = FreeIn(item.Slots);
            _blocked = true;
            int missing = item.Slots - _unpromised;
            var chosen = new List<SeatedRun>();
            foreach (SeatedRun run in _staying.Where(r => r.Priority < item.Priority && Given(r) > 0))
            {
                if (missing <= 0)
                    break;
                chosen.Add(run);
                missing -= Given(run);
            }

            // Leaving for somebody who cannot start all the same would help nobody, and what those behind would get is kept for the one before them.
            _stuck |= missing > 0;
            if (_stuck)
                return [];
            foreach (SeatedRun run in chosen.Where(r => Given(r) <= -missing).ToList())
            {
                if (Given(run) > -missing)
                    continue;
                chosen.Remove(run);
                missing += Given(run);
            }

            _unpromised = -missing;
            if (chosen.Count == 0)
                return [];
            _staying.RemoveAll(chosen.Contains);
            _blockedUntil = null;
            return [.. chosen.Select(r => r.Id)];
        }

        /// <summary>Seconds until so many slots are free; null when unknown.</summary>
        private double? FreeIn(int slots) => Enumerable.Repeat<double?>(0, _free.Count)
            .Concat(_seated.SelectMany(r => Enumerable.Repeat(r.IsLeaving ? null : r.SecondsLeft, Given(r))))
            .OrderBy(s => s ?? double.PositiveInfinity).ElementAtOrDefault(slots - 1);

        /// <summary>How many slots that take new runs it gives back.</summary>
        private int Given(SeatedRun run) => run.Slots.Count(_open.Contains);
    }
}
