using LrcnLab.Core.Datasets;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Prepared;

/// <summary>Decodes a data set once for a size, colour, rate and fit; every epoch of every run then reads <see cref="PreparedFrames"/>.</summary>
public static class FramePreparer
{
    /// <summary>Bytes on disk that <see cref="Prepare"/> needs, but for a small index.</summary>
    public static long EstimateBytes(DatasetManifest manifest, DataSpec data) =>
        PreparationPlan.Of(manifest, data.FrameRate).Frames * PreparedKey.Of(manifest, data).FrameBytes;

    /// <summary>Where <see cref="Prepare"/> puts the frames of this data set.</summary>
    public static string Folder(DatasetManifest manifest, DataSpec data, string preparedRoot) => Path.Combine(preparedRoot, PreparedKey.Of(manifest, data).FolderName);

    /// <param name="manifest">The data-set version.</param>
    /// <param name="data">Its size, colour, rate and fit count; clip length and sampling do not.</param>
    /// <param name="preparedRoot">Folder of all prepared frames; created when missing.</param>
    /// <param name="progress">Frames done and to do; called from several threads, never at once.</param>
    /// <param name="ct">Cancels within a frame; what is whole by then is kept, and the next call goes on from there.</param>
    /// <param name="thorough">Compares the checksums of all files, not only of those that were touched since they were written.</param>
    /// <returns>The folder to open. An intact one is returned at once, of a damaged one only what is damaged is made again.</returns>
    /// <exception cref="MediaException">A file is gone, changed or broken, or the disk is too small.</exception>
    public static string Prepare(DatasetManifest manifest, DataSpec data, string preparedRoot, Action<long, long>? progress, CancellationToken ct, bool thorough = false)
    {
        if (data.Color == ColorMode.Flow)
            throw new ArgumentException("Flow is not decoded but computed from grey frames.", nameof(data));
        PreparedKey key = PreparedKey.Of(manifest, data);
        PreparationPlan plan = PreparationPlan.Of(manifest, data.FrameRate);
        IReadOnlyList<Range> shards = plan.Shards(key.FrameBytes);
        var format = new FrameFormat(data.Width, data.Height, data.Color, data.Fit);
        return PreparedFolder.Ensure(preparedRoot, key, plan.Layout(manifest.Name, shards), Write, thorough, progress, ct);

        void Write(int shard, ShardOutput output, CancellationToken cancel) =>
            ShardWriter.Write([.. plan.Files.Take(shards[shard])], manifest.Root, format, output, cancel);
    }
}
