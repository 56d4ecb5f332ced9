namespace LrcnLab.Core.Specs;

public enum ColorMode { Rgb, Gray }

public enum ClipSampling { Uniform, Contiguous, Variable }

public enum ClipNormalization { Unit, PerClip, Motion }

public sealed record DataSpec
{
    [Field("Data set", "Name or id of the data set; its newest version is used and recorded with the run.", Minimum = 1, Maximum = 200)]
    public string Dataset { get; init; } = "moving-garments";

    [Field("Clip length", "How many frames of a video the network sees at once.", Unit = "frames", Minimum = 1, Maximum = 512)]
    public int ClipLength { get; init; } = 16;

    [Field("Sampling", "uniform spreads the frames over the whole video; contiguous takes neighbours; variable too, but shorter videos give shorter clips instead of repeating their last frame.")]
    public ClipSampling Sampling { get; init; } = ClipSampling.Uniform;

    [Field("Frame interval", "Distance between the frames of a contiguous or variable clip; uniform sampling ignores it.", Unit = "frames", Minimum = 1, Maximum = 64, Advanced = true)]
    public int FrameInterval { get; init; } = 1;

    [Field("Frame width", "Frames are resized to this width; cost grows with the area.", Unit = "px", Minimum = 8, Maximum = 512)]
    public int Width { get; init; } = 80;

    [Field("Frame height", "Frames are resized to this height; cost grows with the area.", Unit = "px", Minimum = 8, Maximum = 512)]
    public int Height { get; init; } = 80;

    [Field("Colour", "Grey frames are three times cheaper to read and lose nothing when colour carries no meaning.")]
    public ColorMode Color { get; init; } = ColorMode.Rgb;

    [Field("Normalisation", "unit maps pixels to 0..1; per-clip gives each clip mean 0 and deviation 1; motion takes from each pixel its mean over time, which leaves what moves.")]
    public ClipNormalization Normalization { get; init; } = ClipNormalization.Unit;

    [Field("Accept leaks", "Trains although the splits share recordings or look-alikes, which makes results on held-out clips look better than they are.", Advanced = true)]
    public bool AllowLeaks { get; init; }

    /// <summary>Channels of a frame: 3 for RGB, 1 for grey.</summary>
    public int Channels() => Color == ColorMode.Rgb ? 3 : 1;
}

public sealed record AugmentationSpec
{
    [Field("Shift", "Moves the picture by up to this share of its size in each direction.", Unit = "of size", Minimum = 0, Maximum = 0.5)]
    public double Shift { get; init; }

    [Field("Crop", "Cuts off up to this share of width and height, at a random place, and enlarges the rest to the full frame.", Unit = "of size", Minimum = 0, Maximum = 0.75)]
    public double Crop { get; init; }

    [Field("Mirror", "Mirrors half of the clips left to right; wrong where left and right differ in meaning.")]
    public bool HorizontalFlip { get; init; }

    [Field("Brightness", "Changes brightness by up to this share.", Unit = "of range", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Brightness { get; init; }

    [Field("Contrast", "Changes contrast by up to this share.", Unit = "of contrast", Minimum = 0, Maximum = 0.95, Advanced = true)]
    public double Contrast { get; init; }

    [Field("Saturation", "Makes colours stronger or paler by up to this share; grey frames stay as they are.", Unit = "of saturation", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Saturation { get; init; }

    [Field("Time jitter", "Draws each frame at random within its part of the video instead of from the middle.")]
    public bool TimeJitter { get; init; }
}
