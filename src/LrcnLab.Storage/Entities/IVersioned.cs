namespace LrcnLab.Storage.Entities;

/// <summary>A row whose updates fail when somebody else changed it since it was read.</summary>
public interface IVersioned
{
    /// <summary>Counted up by <see cref="LabDbContext"/> at each update.</summary>
    uint RowVersion { get; set; }
}
