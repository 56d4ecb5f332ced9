namespace LrcnLab.Core.Runs;

/// <summary>Who is asked next: the highest priority, then the project that holds the fewest slots for its share, then the order of the queue. It changes as slots are given.</summary>
public sealed class QueueLine
{
    private readonly IReadOnlyList<WaitingItem> _waiting;
    private readonly IReadOnlyDictionary<Guid, GroupUse> _groups;
    private readonly int[] _left;
    private readonly Dictionary<Guid, int> _running, _slots;
    private readonly List<(int Priority, Guid Project, Queue<int> Items)> _lines;

    public QueueLine(IReadOnlyList<WaitingItem> waiting, IReadOnlyDictionary<Guid, GroupUse> groups)
    {
        (_waiting, _groups) = (waiting, groups);
        _left = [.. waiting.Select(w => w.Count)];
        _running = groups.ToDictionary(g => g.Key, g => g.Value.Running);
        _slots = groups.ToDictionary(g => g.Key, g => g.Value.Slots);
        _lines = [.. waiting.Select((item, i) => (item, i)).GroupBy(w => (w.item.Priority, w.item.Project))
            .Select(g => (g.Key.Priority, g.Key.Project, new Queue<int>(g.OrderBy(w => w.item.Order).Select(w => w.i))))];
    }

    /// <summary>All of them, as they would start if each found a slot.</summary>
    public static IReadOnlyList<int> Order(IReadOnlyList<WaitingItem> waiting, IReadOnlyDictionary<Guid, GroupUse> groups)
    {
        var line = new QueueLine(waiting, groups);
        var order = new List<int>(waiting.Count);
        while (line.Peek() is int next)
        {
            order.Add(next);
            line.Start();
        }

        return order;
    }

    /// <summary>Index of the one whose turn it is; null at the end.</summary>
    public int? Peek() => Next()?.Peek();

    /// <summary>The limit that keeps a run of the item from starting, in words; null when none does.</summary>
    public string? Limit(WaitingItem item)
    {
        foreach (Guid id in item.Groups)
        {
            if (_groups.TryGetValue(id, out GroupUse? group) && group.Most is { } most && _running[id] >= most)
                return $"the limit of {group.Name}: {most} {(most == 1 ? "run" : "runs")} at once";
        }

        return null;
    }

    /// <summary>A run of the one whose turn it is takes its slots.</summary>
    public void Start()
    {
        Queue<int> line = Next()!;
        int i = line.Peek();
        WaitingItem item = _waiting[i];
        foreach (Guid id in item.Groups)
            _running[id] = _running.GetValueOrDefault(id) + 1;
        _slots[item.Project] = _slots.GetValueOrDefault(item.Project) + item.Slots;
        if (--_left[i] == 0)
            line.Dequeue();
    }

    /// <summary>The one whose turn it is waits.</summary>
    public void Skip() => Next()!.Dequeue();

    private Queue<int>? Next() => _lines.Where(l => l.Items.Count > 0).OrderByDescending(l => l.Priority).ThenBy(l => Load(l.Project)).ThenBy(l => _waiting[l.Items.Peek()].Order)
        .ThenBy(l => l.Items.Peek()).Select(l => l.Items).FirstOrDefault();

    private double Load(Guid project) => _slots.GetValueOrDefault(project) / (_groups.TryGetValue(project, out GroupUse? use) ? use.Share : 1);
}
