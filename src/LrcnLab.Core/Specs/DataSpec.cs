namespace LrcnLab.Core.Specs;

/// <summary>What a frame shows: three colours, one brightness, or in three channels how each pixel moves to the next frame.</summary>
public enum ColorMode { Rgb, Gray, Flow }

public enum ClipSampling { Uniform, Contiguous, Variable, Skip, SkipDropTail }

public enum ShortVideos { Repeat, Loop, Pad }

public enum FrameFit { Stretch, Crop, Letterbox }

public enum ClipNormalization { Unit, PerClip, Motion, Imagenet, Symmetric }

public sealed record DataSpec
{
    [Field("Data set", "Name or id of the data set; its newest version is used and recorded with the run.", Minimum = 1, Maximum = 200)]
    public string Dataset { get; init; } = "moving-garments";

    [Field("Clip length", "How many frames of a video the network sees at once.", Unit = "frames", Minimum = 1, Maximum = 512)]
    public int ClipLength { get; init; } = 16;

    [Field("Sampling", "uniform takes the middles of equal parts; contiguous neighbours; variable too, with short clips of short videos; skip every n-th; skip-drop-tail too, losing the end.")]
    public ClipSampling Sampling { get; init; } = ClipSampling.Uniform;

    [Field("Frame interval", "Distance between the frames of a contiguous or variable clip; uniform sampling ignores it.", Unit = "frames", Minimum = 1, Maximum = 64, Advanced = true)]
    public int FrameInterval { get; init; } = 1;

    [Field("Short videos", "What fills a clip that is longer than its video: repeat shows frames again, loop starts over, pad leaves the rest empty and the network ignores it.", Advanced = true)]
    public ShortVideos ShortVideos { get; init; } = ShortVideos.Repeat;

    [Field("Frame width", "Frames are resized to this width; cost grows with the area.", Unit = "px", Minimum = 8, Maximum = 512)]
    public int Width { get; init; } = 80;

    [Field("Frame height", "Frames are resized to this height; cost grows with the area.", Unit = "px", Minimum = 8, Maximum = 512)]
    public int Height { get; init; } = 80;

    [Field("Fit", "stretch fills the frame whatever the video's shape; crop keeps the shape and cuts the sides off; letterbox keeps all of it between black bars.")]
    public FrameFit Fit { get; init; } = FrameFit.Stretch;

    [Field("Frame rate", "Takes frames as they are seen this many times a second, so that videos of different rates move equally fast; 0 keeps each as recorded.", Unit = "frames/s", Minimum = 0, Maximum = 240, Advanced = true)]
    public double FrameRate { get; init; }

    [Field("Colour", "rgb; gray is three times cheaper to read, for where colour means nothing; flow shows each pixel's motion (x, y, magnitude) instead, and takes time to prepare.")]
    public ColorMode Color { get; init; } = ColorMode.Rgb;

    [Field("Normalisation", "unit maps pixels to 0..1; per-clip gives a clip mean 0, deviation 1; motion leaves what moves; imagenet is for torchvision's weights, symmetric (-1..1) for TensorFlow's.")]
    public ClipNormalization Normalization { get; init; } = ClipNormalization.Unit;

    [Field("Accept leaks", "Trains although the splits share recordings or look-alikes, which makes results on held-out clips look better than they are.", Advanced = true)]
    public bool AllowLeaks { get; init; }

    /// <summary>Clips of short videos have fewer frames, and what lies behind them is masked.</summary>
    public bool HasShortClips() => Sampling == ClipSampling.Variable || ShortVideos == ShortVideos.Pad;

    /// <summary>Channels of a frame: 3 for RGB and flow, 1 for grey.</summary>
    public int Channels() => Color == ColorMode.Gray ? 1 : 3;
}

public sealed record AugmentationSpec
{
    [Field("Shift", "Moves the picture by up to this share of its size in each direction.", Unit = "of size", Minimum = 0, Maximum = 0.5)]
    public double Shift { get; init; }

    [Field("Crop", "Cuts off up to this share of width and height, at a random place, and enlarges the rest to the full frame.", Unit = "of size", Minimum = 0, Maximum = 0.75)]
    public double Crop { get; init; }

    [Field("Crop scales", "Cuts width and height to one of these shares each, neighbours in the list at most, at a random place, and enlarges the rest; empty for none.", Unit = "%", Minimum = 25, Maximum = 100, Advanced = true)]
    public IReadOnlyList<int> CropScales { get; init; } = [];

    [Field("Aspect", "Makes the picture wider or taller by up to this share, at a random place of what that cuts off.", Unit = "of shape", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Aspect { get; init; }

    [Field("Mirror", "Mirrors half of the clips left to right, except of classes that the data set marks as not to be mirrored.")]
    public bool HorizontalFlip { get; init; }

    [Field("Brightness", "Changes brightness by up to this share.", Unit = "of range", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Brightness { get; init; }

    [Field("Contrast", "Changes contrast by up to this share.", Unit = "of contrast", Minimum = 0, Maximum = 0.95, Advanced = true)]
    public double Contrast { get; init; }

    [Field("Saturation", "Makes colours stronger or paler by up to this share; grey frames stay as they are.", Unit = "of saturation", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Saturation { get; init; }

    [Field("Hue", "Turns all colours by up to this share of the colour circle; grey frames stay as they are.", Unit = "of circle", Minimum = 0, Maximum = 0.5, Advanced = true)]
    public double Hue { get; init; }

    [Field("Erase", "Share of the clips in which a random rectangle, the same in all frames, becomes grey.", Unit = "of clips", Minimum = 0, Maximum = 1, Advanced = true)]
    public double Erase { get; init; }

    [Field("Largest erased part", "Area of the erased rectangle: at least 2 % of the frame, at most this share.", Unit = "of area", Minimum = 0.02, Maximum = 0.8, Advanced = true)]
    public double EraseArea { get; init; } = 0.33;

    [Field("Time jitter", "Draws each frame at random within its part of the video instead of from the middle.")]
    public bool TimeJitter { get; init; }

    [Field("Speed", "Plays contiguous clips faster or slower by up to this share.", Unit = "of speed", Minimum = 0, Maximum = 0.9, Advanced = true)]
    public double Speed { get; init; }

    [Field("Reverse", "Plays half of the clips backwards; wrong where the direction of time matters.", Advanced = true)]
    public bool TimeReversal { get; init; }
}
