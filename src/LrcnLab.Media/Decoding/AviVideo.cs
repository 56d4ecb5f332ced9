using Microsoft.Win32.SafeHandles;

namespace LrcnLab.Media.Decoding;

/// <summary>Frames of a Motion-JPEG AVI.</summary>
internal sealed class AviVideo(AviFile avi) : VideoSource(avi.Path, new VideoInfo("Motion-JPEG AVI", avi.Width, avi.Height, avi.FrameRate))
{
    public override int Read(FrameFormat format, FrameHandler handler, CancellationToken ct)
    {
        using SafeFileHandle file = File.OpenHandle(Path);
        FrameScaler? scaler = null;
        byte[] frame = new byte[format.FrameBytes];
        int done = 0;
        foreach ((long offset, int bytes) in avi.Frames)
        {
            ct.ThrowIfCancellationRequested();
            if (bytes > 0)
            {
                Picture picture = Picture.Decode(JpegTables.Complete(Chunk(file, offset, bytes)), Path);
                MediaLimits.CheckSize(Path, picture.Width, picture.Height);
                if (scaler?.Fits(picture.Width, picture.Height) != true)
                    scaler = new FrameScaler(picture.Width, picture.Height, format);
                scaler.Scale(picture.Rgba, frame);
            }

            if (scaler is null)
                continue; // Nothing yet that could be repeated.
            if (!handler(done++, frame))
                break;
        }

        return done;
    }

    private byte[] Chunk(SafeFileHandle file, long offset, int bytes)
    {
        byte[] chunk = new byte[bytes];
        int read = RandomAccess.Read(file, chunk, offset);
        return read == bytes ? chunk : throw new MediaException($"{Path} is cut off at byte {offset + read:N0}.");
    }
}
