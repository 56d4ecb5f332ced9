using LrcnLab.Core.Training;

namespace LrcnLab.Samples.Generator;

/// <summary>Where a garment is and how it lies: centre in pixels, size as a factor, angle in radians (clockwise on the screen).</summary>
internal readonly record struct Pose(double X, double Y, double Scale, double Angle);

internal enum Motion { SlidesLeft, SlidesRight, SlidesUp, SlidesDown, Grows, Shrinks, SpinsClockwise, SpinsCounterclockwise }

/// <summary>
/// The path of a garment. The pose in the middle of a clip is drawn in the same way for all classes, and the two classes of a pair are
/// time reversals of each other: the middle frame tells nothing, a frame at an unknown time does not tell a class from its reversal,
/// the order of frames tells all. Moves are short beside the spread of poses, so that the first and the last frame tell little too.
/// </summary>
internal static class MotionPath
{
    public const int Frames = 16;

    /// <summary>Pixels of a frame's side.</summary>
    public const int Size = 64;

    public static Pose[] Draw(Motion motion, ref SplitMix random)
    {
        var middle = new Pose(Between(ref random, 13, 51), Between(ref random, 13, 51), Math.Exp(Between(ref random, Math.Log(0.7), Math.Log(1.55))), Between(ref random, 0, 2 * Math.PI));
        double amount = random.NextUnit();
        var path = new Pose[Frames];
        for (int t = 0; t < Frames; t++)
            path[t] = Move(middle, motion, amount, t / (Frames - 1.0) - 0.5);
        return path;
    }

    /// <param name="middle">The pose at time 0.</param>
    /// <param name="motion">What changes.</param>
    /// <param name="amount">How far, 0 to 1 within each motion's own range.</param>
    /// <param name="time">From -0.5 to 0.5.</param>
    private static Pose Move(Pose middle, Motion motion, double amount, double time)
    {
        double pixels = (12 + 5 * amount) * time, ratio = Math.Pow(1.45 + 0.25 * amount, time), angle = (2 + 1.4 * amount) * time;
        return motion switch
        {
            Motion.SlidesLeft => middle with { X = middle.X - pixels },
            Motion.SlidesRight => middle with { X = middle.X + pixels },
            Motion.SlidesUp => middle with { Y = middle.Y - pixels },
            Motion.SlidesDown => middle with { Y = middle.Y + pixels },
            Motion.Grows => middle with { Scale = middle.Scale * ratio },
            Motion.Shrinks => middle with { Scale = middle.Scale / ratio },
            Motion.SpinsClockwise => middle with { Angle = middle.Angle + angle },
            _ => middle with { Angle = middle.Angle - angle },
        };
    }

    private static double Between(ref SplitMix random, double from, double to) => from + (to - from) * random.NextUnit();
}
