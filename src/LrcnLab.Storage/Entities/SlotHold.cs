namespace LrcnLab.Storage.Entities;

/// <summary>Keeps new runs away from slots; runs that hold one go on to their end.</summary>
public sealed class SlotHold
{
    /// <summary>Stands for every machine in <see cref="Node"/>.</summary>
    public const string AllNodes = "";

    /// <summary>Stands for every slot of the machine in <see cref="Slot"/>.</summary>
    public const int AllSlots = -1;

    public required string Node { get; init; }

    /// <summary>From 0.</summary>
    public required int Slot { get; init; }

    public required DateTime Since { get; init; }

    public bool Covers(string node, int slot) => (Node == AllNodes || Node == node) && (Slot == AllSlots || Slot == slot);
}
