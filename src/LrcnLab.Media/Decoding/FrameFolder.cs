namespace LrcnLab.Media.Decoding;

/// <summary>A folder of pictures in natural order (<c>frame2</c> before <c>frame10</c>), or a single picture. Has no frame rate.</summary>
internal sealed class FrameFolder : VideoSource
{
    private readonly IReadOnlyList<string> _files;

    private FrameFolder(string path, VideoInfo info, IReadOnlyList<string> files) : base(path, info) => _files = files;

    public static FrameFolder Open(string folder)
    {
        IReadOnlyList<string> files = Files(folder);
        if (files.Count == 0)
            throw new MediaException($"{folder} holds no pictures (JPEG, PNG, WebP or BMP).");
        MediaLimits.CheckFrames(folder, files.Count);
        var (width, height) = Picture.Size(files[0]);
        return new FrameFolder(folder, new VideoInfo("folder of frames", width, height, 0), files);
    }

    public static FrameFolder OpenPicture(string path, string format)
    {
        var (width, height) = Picture.Size(path);
        return new FrameFolder(path, new VideoInfo(format, width, height, 0), [path]);
    }

    /// <summary>The pictures that are a folder's frames, in their order; empty when it is no folder of frames. Links may lead anywhere and are none.</summary>
    public static IReadOnlyList<string> Files(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles().Where(f => MediaFile.IsPicture(f.Name) && !MediaFile.IsHidden(f.Name) && !f.Attributes.HasFlag(FileAttributes.ReparsePoint))
            .Select(f => System.IO.Path.Combine(folder, f.Name)).Order(NaturalOrder.Instance),
    ];

    public override int Read(FrameFormat format, FrameHandler handler, CancellationToken ct)
    {
        FrameScaler? scaler = null;
        byte[] frame = new byte[format.FrameBytes];
        for (int i = 0; i < _files.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            Picture picture = Picture.Decode(Picture.ReadFile(_files[i]), _files[i]);
            if (scaler?.Fits(picture.Width, picture.Height) != true)
                scaler = new FrameScaler(picture.Width, picture.Height, format);
            scaler.Scale(picture.Rgba, frame);
            if (!handler(i, frame))
                return i + 1;
        }

        return _files.Count;
    }
}
