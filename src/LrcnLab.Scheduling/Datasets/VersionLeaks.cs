using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Storage.Entities;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>What the leak guard stored with a version.</summary>
public static class VersionLeaks
{
    /// <returns>Null for a version from before there was a guard.</returns>
    public static LeakReport? Of(DatasetVersion version) => Read(version.Leaks);

    /// <inheritdoc cref="Of"/>
    /// <param name="leaks">As <see cref="DatasetVersion.Leaks"/> has it.</param>
    public static LeakReport? Read(string leaks) => leaks.Length == 0 ? null : JsonSerializer.Deserialize<LeakReport>(leaks, LabJson.Options);
}
