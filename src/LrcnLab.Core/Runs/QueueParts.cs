using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Runs;

/// <summary>A run that waits, or several that are alike to the scheduler.</summary>
/// <param name="Project">Which takes its turns with the others.</param>
/// <param name="Groups">Project, experiment and sweep that the run belongs to, as far as it does: each may limit how many of its runs go at once.</param>
/// <param name="Priority">The highest goes first.</param>
/// <param name="Order">Of the first among them; the smallest of a project's goes first.</param>
/// <param name="Device">What it asks for.</param>
/// <param name="Slots">That it needs together.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Seconds">That the first will take; null when unknown.</param>
public sealed record WaitingItem(Guid Project, IReadOnlyList<Guid> Groups, int Priority, double Order, DeviceKind Device, int Slots, int Count = 1, double? Seconds = null);

/// <summary>A run that holds slots of this machine.</summary>
/// <param name="StartedAt">Of the present attempt.</param>
/// <param name="IsLeaving">It gives its slots back already.</param>
/// <param name="SecondsLeft">As its worker reckons; null while unknown.</param>
public sealed record SeatedRun(Guid Id, int Priority, DateTime StartedAt, bool IsLeaving, double? SecondsLeft, IReadOnlyList<int> Slots);

/// <summary>What a project, an experiment or a sweep occupies, on all machines, and what it may.</summary>
/// <param name="Name">With the word of what it is, such as <c>project "gestures"</c>.</param>
/// <param name="Running">Its runs that hold slots.</param>
/// <param name="Most">Of its runs that may; null for any number.</param>
/// <param name="Slots">That they hold.</param>
/// <param name="Share">Of a project: one with 2 gets twice the slots of one with 1 while both wait.</param>
public sealed record GroupUse(string Name, int Running, int? Most, int Slots, double Share = 1);

/// <param name="Starts">What may start now, in order: the item, and the slots that it takes.</param>
/// <param name="Leaves">Runs of lower priority that are to leave for an item.</param>
/// <param name="Waits">For each item, what it waits for; null for one all of whose runs start.</param>
public sealed record QueueDecision(IReadOnlyList<(int Item, IReadOnlyList<int> Slots)> Starts, IReadOnlyList<(int Item, Guid Leaving)> Leaves, IReadOnlyList<QueueWait?> Waits);

/// <param name="IsTurn">It waits for its turn on slots that others have; else for somebody to change something.</param>
/// <param name="For">In words, such as <c>a slot</c>.</param>
public sealed record QueueWait(bool IsTurn, string For);
