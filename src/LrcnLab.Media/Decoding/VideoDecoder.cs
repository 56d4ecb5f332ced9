namespace LrcnLab.Media.Decoding;

/// <summary>
/// Opens whatever has frames, by content and not by name: Motion-JPEG AVI, GIF, animated WebP, pictures and folders of pictures
/// are read in this process; every other video goes through the separate program ffmpeg.
/// </summary>
public static class VideoDecoder
{
    /// <param name="path">A file, or a folder of pictures.</param>
    /// <param name="known">What an earlier visit found; saves asking the outside program again.</param>
    /// <exception cref="MediaException">It cannot be read; the message names path and cause.</exception>
    public static VideoSource Open(string path, VideoInfo? known = null, CancellationToken ct = default)
    {
        try
        {
            if (Directory.Exists(path))
                return FrameFolder.Open(path);
            MediaSignature signature = MediaSignature.Of(path);
            return signature.Kind switch
            {
                MediaKind.Picture => FrameFolder.OpenPicture(path, signature.Name),
                MediaKind.Animation => AnimatedPicture.Open(path, signature.Name),
                MediaKind.Avi => OpenAvi(path, known, ct),
                MediaKind.Video => FfmpegVideo.Open(path, signature.Name, known, ct),
                MediaKind.Empty => throw new MediaException($"{path} is empty (0 bytes)."),
                _ => throw new MediaException($"{path} is no video or picture: it holds {signature.Name}."),
            };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MediaException($"{path} does not exist.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static VideoSource OpenAvi(string path, VideoInfo? known, CancellationToken ct)
    {
        AviFile avi = AviFile.Read(path);
        return avi.IsMotionJpeg ? new AviVideo(avi) : FfmpegVideo.Open(path, $"AVI ({avi.Codec})", known, ct);
    }
}
