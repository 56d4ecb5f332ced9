using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using LrcnLab.Training;
using LrcnLab.Training.Flow;
using static TorchSharp.torch;

namespace LrcnLab.Worker;

/// <summary>Frames as a specification asks for them: decoded, or the flow between decoded ones.</summary>
internal static class Preparation
{
    /// <summary>Bytes on disk that <see cref="Prepare"/> needs.</summary>
    public static long EstimateBytes(DatasetManifest manifest, DataSpec data) =>
        data.Color == ColorMode.Flow ? FlowPreparer.EstimateBytes(manifest, data) : FramePreparer.EstimateBytes(manifest, data);

    /// <summary>Where the flow of a specification is computed; null for frames that are only decoded, or with the reason why there is no such device.</summary>
    public static (Device? Device, string? Refusal) DeviceOf(RunSpec spec)
    {
        if (spec.Data.Color != ColorMode.Flow)
            return (null, null);
        TorchRuntime.Start(spec.Resources.Threads);
        return TorchRuntime.Select(spec.Resources.Device);
    }

    /// <param name="session">Told the progress.</param>
    /// <param name="manifest">The data-set version.</param>
    /// <param name="data">Says which frames.</param>
    /// <param name="root">Folder of all prepared frames.</param>
    /// <param name="device">Where flow is computed; null if it is not.</param>
    /// <param name="thorough">Compares the checksums of all files, not only of those that were touched since they were written.</param>
    /// <returns>The folder to open.</returns>
    public static string Prepare(Session session, DatasetManifest manifest, DataSpec data, string root, Device? device, bool thorough = false) => data.Color == ColorMode.Flow
        ? FlowPreparer.Prepare(manifest, data, root, device!, session.ImportProgress(), session.Canceled, thorough)
        : FramePreparer.Prepare(manifest, data, root, session.Progress("preparing"), session.Canceled, thorough);
}
