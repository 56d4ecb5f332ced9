namespace LrcnLab.Media.Prepared;

/// <summary>Which frames lie where in a folder of prepared frames, known before any of them is made.</summary>
/// <param name="Name">Of the data set, for messages.</param>
/// <param name="Shards">The files, in order.</param>
/// <param name="Samples">In the order of the manifest: shard, first frame in it, number of frames.</param>
public sealed record PreparedLayout(string Name, IReadOnlyList<PlannedShard> Shards, IReadOnlyList<int[]> Samples);

/// <param name="Content">Names what the shard is made of (sources, frames, method): one that was written for the same content is kept.</param>
/// <param name="Frames">Frames that it will hold.</param>
public sealed record PlannedShard(string Content, long Frames);

/// <summary>Writes one shard. Called from several threads, for each missing shard once.</summary>
/// <param name="shard">Index into <see cref="PreparedLayout.Shards"/>.</param>
/// <param name="output">Takes the frames in their order.</param>
/// <param name="ct">Ends the work within a frame.</param>
public delegate void ShardContent(int shard, ShardOutput output, CancellationToken ct);
