using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>The median of each pixel and its eight neighbours; edge pixels are repeated.</summary>
internal static class MedianOfNine
{
    /// <summary>Pairs to put in order, after which the fifth is the median: J. Smith, "Implementing median filters in XC4000E FPGAs" (1996).</summary>
    private static readonly (int Low, int High)[] Exchanges =
    [
        (1, 2), (4, 5), (7, 8), (0, 1), (3, 4), (6, 7), (1, 2), (4, 5), (7, 8), (0, 3), (5, 8), (4, 7), (3, 6), (1, 4), (2, 5), (4, 7), (4, 2), (6, 4), (4, 2),
    ];

    /// <param name="planes">[N, C, H, W].</param>
    /// <returns>Same shape.</returns>
    public static Tensor Of(Tensor planes)
    {
        using DisposeScope scope = NewDisposeScope();
        long height = planes.shape[2], width = planes.shape[3];
        Tensor padded = nn.functional.pad(planes, [1, 1, 1, 1], PaddingModes.Replicate);
        Tensor[] nine = [.. Enumerable.Range(0, 9).Select(i => padded.narrow(2, i / 3, height).narrow(3, i % 3, width))];
        foreach ((int low, int high) in Exchanges)
            (nine[low], nine[high]) = (minimum(nine[low], nine[high]), maximum(nine[low], nine[high]));
        return nine[4].MoveToOuterDisposeScope();
    }
}
