using System.IO.MemoryMappedFiles;
using LrcnLab.Core.Datasets;
using Microsoft.Win32.SafeHandles;

namespace LrcnLab.Media.Prepared;

/// <summary>
/// Decoded frames of a data set, mapped into memory: uint8, planar <c>[C, H, W]</c>. Any frame at once, by any thread, shared by all runs.
/// </summary>
public sealed unsafe class PreparedFrames : IDisposable
{
    private readonly PreparedIndex _index;
    private readonly string _folder;
    private readonly FileStream? _inUse;
    private readonly MemoryMappedFile[] _files;
    private readonly MemoryMappedViewAccessor[] _views;
    private readonly SafeFileHandle[] _handles;
    private byte*[]? _pointers;

    private PreparedFrames(string folder, PreparedIndex index, FileStream? inUse)
    {
        (_folder, _index, _inUse) = (folder, index, inUse);
        int shards = index.Shards.Count;
        (_files, _views, _handles, _pointers) = (new MemoryMappedFile[shards], new MemoryMappedViewAccessor[shards], new SafeFileHandle[shards], new byte*[shards]);
        FrameBytes = index.Key.FrameBytes;
        Channels = FrameBytes / (Width * Height);
    }

    /// <summary>What the frames are.</summary>
    public PreparedKey Key => _index.Key;

    public int Width => Key.Width;
    public int Height => Key.Height;
    public int Channels { get; }

    /// <summary>Bytes of one frame: C * H * W.</summary>
    public int FrameBytes { get; }

    /// <summary>Time that computing the content took; 0 for what was only decoded.</summary>
    public double ComputingSeconds => _index.Shards.Sum(s => s.Seconds);

    public int SampleCount => _index.Samples.Count;

    /// <summary>Opens what <see cref="FramePreparer.Prepare"/> made; compares the index's checksum and all sizes. Until it is disposed nobody removes the folder.</summary>
    /// <exception cref="InvalidDataException">Incomplete or damaged; preparing again rebuilds it.</exception>
    public static PreparedFrames Open(string folder) => Open(folder, index => index);

    /// <summary>As <see cref="Open(string)"/>, of frames that were prepared of some samples only: each gets back the index that it has in the whole data set.</summary>
    /// <param name="folder">What was prepared.</param>
    /// <param name="samples">Indices in the whole data set, in the order in which they were prepared.</param>
    /// <param name="count">Samples of the whole data set; all others have no frames.</param>
    public static PreparedFrames OpenSome(string folder, IReadOnlyList<int> samples, int count)
    {
        PreparedIndex Placed(PreparedIndex index)
        {
            int[][] places = new int[count][];
            Array.Fill(places, [0, 0, 0]);
            for (int i = 0; i < samples.Count; i++)
                places[samples[i]] = index.Samples[i];
            return index with { Samples = places };
        }

        return Open(folder, Placed);
    }

    private static PreparedFrames Open(string folder, Func<PreparedIndex, PreparedIndex> place)
    {
        FileStream? inUse = PreparedUse.Share(folder);
        PreparedFrames? frames = null;
        try
        {
            frames = new PreparedFrames(folder, place(PreparedIndex.Read(folder)), inUse);
            for (int i = 0; i < frames._files.Length; i++)
                frames.Map(i);
            return frames;
        }
        catch
        {
            frames?.Dispose();
            inUse?.Dispose();
            throw;
        }
    }

    private void Map(int shard)
    {
        string path = Path.Combine(_folder, _index.Shards[shard].File);
        _index.Shards[shard].CheckSize(_folder);
        _handles[shard] = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _files[shard] = MemoryMappedFile.CreateFromFile(_handles[shard], null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _views[shard] = _files[shard].CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _views[shard].SafeMemoryMappedViewHandle.AcquirePointer(ref _pointers![shard]);
    }

    /// <summary>Touching a mapped page that was cut off behind our back would end the process: to be asked before each clip.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than when it was opened.</exception>
    public void CheckStillWhole(int sample)
    {
        ObjectDisposedException.ThrowIf(_pointers is null, this);
        PreparedShard shard = _index.Shards[_index.Samples[sample][0]];
        long bytes = RandomAccess.GetLength(_handles[_index.Samples[sample][0]]);
        if (bytes < shard.Bytes)
            throw new InvalidDataException($"{Path.Combine(_folder, shard.File)} was cut from {shard.Bytes:N0} to {bytes:N0} bytes while it was read; prepare the data set again.");
    }

    /// <summary>Frames of a sample, by its index in the manifest.</summary>
    public int FrameCount(int sample) => _index.Samples[sample][2];

    /// <summary>One frame, planar <c>[C, H, W]</c>; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Frame(int sample, int frame)
    {
        byte*[] pointers = _pointers ?? throw new ObjectDisposedException(nameof(PreparedFrames));
        int[] place = _index.Samples[sample];
        if ((uint)frame >= (uint)place[2])
            throw new ArgumentOutOfRangeException(nameof(frame), frame, $"Sample {sample} has {place[2]} frames.");
        return new ReadOnlySpan<byte>(pointers[place[0]] + (long)(place[1] + frame) * FrameBytes, FrameBytes);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pointers, null) is null)
            return;
        for (int i = 0; i < _files.Length; i++)
        {
            _views[i]?.SafeMemoryMappedViewHandle.ReleasePointer();
            _views[i]?.Dispose();
            _files[i]?.Dispose();
            _handles[i]?.Dispose();
        }

        _inUse?.Dispose();
    }
}
