using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Decoding;

/// <summary>Which part of a picture is taken, and which part of the frame it fills; one computation for all decoders.</summary>
/// <param name="CropX">Left of the part that is taken, in pixels of the source.</param>
/// <param name="CropY">Top of it.</param>
/// <param name="CropWidth">Width of it.</param>
/// <param name="CropHeight">Height of it.</param>
/// <param name="Left">Left of the filled part, in pixels of the frame.</param>
/// <param name="Top">Top of it.</param>
/// <param name="Width">Width of it.</param>
/// <param name="Height">Height of it.</param>
internal readonly record struct FramePlacement(int CropX, int CropY, int CropWidth, int CropHeight, int Left, int Top, int Width, int Height)
{
    public static FramePlacement Of(int sourceWidth, int sourceHeight, FrameFormat format)
    {
        var (cropWidth, cropHeight, width, height) = (sourceWidth, sourceHeight, format.Width, format.Height);
        if (format.Fit == FrameFit.Crop)
            (cropWidth, cropHeight) = Within(sourceWidth, sourceHeight, format.Width, format.Height);
        if (format.Fit == FrameFit.Letterbox)
            (width, height) = Within(format.Width, format.Height, sourceWidth, sourceHeight);
        return new FramePlacement(
            (sourceWidth - cropWidth) / 2, (sourceHeight - cropHeight) / 2, cropWidth, cropHeight, (format.Width - width) / 2, (format.Height - height) / 2, width, height);
    }

    /// <summary>The largest size within an outer one that has another's shape.</summary>
    private static (int Width, int Height) Within(int width, int height, int shapeWidth, int shapeHeight) => (long)width * shapeHeight > (long)height * shapeWidth
        ? (Math.Max(1, (int)Math.Round((double)height * shapeWidth / shapeHeight)), height)
        : (width, Math.Max(1, (int)Math.Round((double)width * shapeHeight / shapeWidth)));
}
