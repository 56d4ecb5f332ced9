using System.IO.MemoryMappedFiles;
using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Prepared;

/// <summary>
/// Decoded frames of a data set, mapped into memory: uint8, planar <c>[C, H, W]</c>. Any frame at once, by any thread, shared by all runs.
/// </summary>
public sealed unsafe class PreparedFrames : IDisposable
{
    private readonly PreparedIndex _index;
    private readonly MemoryMappedFile[] _files;
    private readonly MemoryMappedViewAccessor[] _views;
    private byte*[]? _pointers;

    private PreparedFrames(PreparedIndex index, MemoryMappedFile[] files, MemoryMappedViewAccessor[] views, byte*[] pointers)
    {
        (_index, _files, _views, _pointers) = (index, files, views, pointers);
        Channels = index.Color == ColorMode.Rgb ? 3 : 1;
        FrameBytes = checked(index.Width * index.Height * Channels);
    }

    public int Width => _index.Width;
    public int Height => _index.Height;
    public int Channels { get; }

    /// <summary>Bytes of one frame: C * H * W.</summary>
    public int FrameBytes { get; }

    public int SampleCount => _index.Samples.Count;

    /// <summary>Opens what <see cref="FramePreparer.Prepare"/> made; compares the index's checksum and all sizes.</summary>
    /// <exception cref="InvalidDataException">Incomplete or damaged; preparing again rebuilds it.</exception>
    public static PreparedFrames Open(string folder) => Open(folder, PreparedIndex.Read(folder));

    /// <summary>As <see cref="Open(string)"/>, of frames that were prepared of some samples only: each gets back the index that it has in the whole data set.</summary>
    /// <param name="folder">What was prepared.</param>
    /// <param name="samples">Indices in the whole data set, in the order in which they were prepared.</param>
    /// <param name="count">Samples of the whole data set; all others have no frames.</param>
    public static PreparedFrames OpenSome(string folder, IReadOnlyList<int> samples, int count)
    {
        PreparedIndex index = PreparedIndex.Read(folder);
        int[][] places = new int[count][];
        Array.Fill(places, [0, 0, 0]);
        for (int i = 0; i < samples.Count; i++)
            places[samples[i]] = index.Samples[i];
        return Open(folder, index with { Samples = places });
    }

    private static PreparedFrames Open(string folder, PreparedIndex index)
    {
        var files = new MemoryMappedFile[index.Shards.Count];
        var views = new MemoryMappedViewAccessor[index.Shards.Count];
        var pointers = new byte*[index.Shards.Count];
        for (int i = 0; i < files.Length; i++)
        {
            files[i] = MemoryMappedFile.CreateFromFile(Path.Combine(folder, index.Shards[i].File), FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            views[i] = files[i].CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            views[i].SafeMemoryMappedViewHandle.AcquirePointer(ref pointers[i]);
        }

        return new PreparedFrames(index, files, views, pointers);
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
            _views[i].SafeMemoryMappedViewHandle.ReleasePointer();
            _views[i].Dispose();
            _files[i].Dispose();
        }
    }
}
