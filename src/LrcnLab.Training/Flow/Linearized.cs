using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>
/// The brightness difference of two frames as a linear function of the flow <c>u</c>, around the flow by which the second frame was warped:
/// <c>ρ(u) = I1(x + u0) + ∇I1(x + u0)·(u − u0) − I0</c>. Kept divided by <c>|∇I1|²</c>, because that is how the thresholding step needs it:
/// <c>ρ(u) / |∇I1|² = Rest + Slope·u</c>. All are zero where the second frame shows nothing of the first: out of its bounds, or without texture.
/// </summary>
/// <param name="Gradient">∇I1(x + u0), [N, 2, H, W].</param>
/// <param name="Slope">∇I1 / |∇I1|², [N, 2, H, W].</param>
/// <param name="Rest">What is left at u = 0, [N, 1, H, W].</param>
internal sealed record Linearized(Tensor Gradient, Tensor Slope, Tensor Rest)
{
    /// <summary>Squared, in brightness levels (0..255) per pixel; below it there is no texture to follow.</summary>
    private const double NoGradient = 1e-6;

    private const int Fineness = 2;

    /// <param name="first">I0, [N, 1, H, W].</param>
    /// <param name="second">I1 and its derivatives, of <see cref="Finely"/>.</param>
    /// <param name="flow">u0, [N, 2, H, W].</param>
    public static Linearized Around(Tensor first, Tensor second, Tensor flow)
    {
        long height = flow.shape[2], width = flow.shape[3];
        Tensor x = flow.select(1, 0).add(arange(Scalars.Of(width), float32, flow.device)); // [N, H, W]
        Tensor y = flow.select(1, 1).add(arange(Scalars.Of(height), float32, flow.device).view(-1, 1));
        Tensor within = x.ge(Scalars.Of(0)).logical_and_(x.le(Scalars.Of(width - 1))).logical_and_(y.ge(Scalars.Of(0))).logical_and_(y.le(Scalars.Of(height - 1))).unsqueeze(1); // [N, 1, H, W]
        // From pixels to the -1..1 of grid_sample.
        Tensor grid = stack([x.mul_(Scalars.Of(2.0 / Math.Max(1, width - 1))).sub_(Scalars.Of(1)), y.mul_(Scalars.Of(2.0 / Math.Max(1, height - 1))).sub_(Scalars.Of(1))], 3); // [N, H, W, 2]
        Tensor warped = nn.functional.grid_sample(second, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: true); // [N, 3, H, W]

        Tensor gradient = warped.narrow(1, 1, 2);
        Tensor square = (gradient * gradient).sum([1], keepdim: true); // [N, 1, H, W]
        Tensor usable = within.logical_and_(square.gt(Scalars.Of(NoGradient))).to(float32);
        Tensor inverse = square.clamp_min_(Scalars.Of(NoGradient)).reciprocal_().mul_(usable);
        Tensor rest = warped.narrow(1, 0, 1).sub(first).sub_(gradient.mul(flow).sum([1], keepdim: true));
        return new Linearized(gradient.mul(usable), gradient.mul(inverse), rest.mul_(inverse));
    }

    /// <summary>
    /// A picture and its derivatives by x and y (central differences), bicubically enlarged. Between points of half a pixel's distance a line is
    /// as good as the cubic that the algorithm asks for, and libtorch's bicubic sampling is not in TorchSharp.
    /// </summary>
    /// <param name="picture">[N, 1, H, W].</param>
    /// <returns>[N, 3, 2H − 1, 2W − 1], corners on corners.</returns>
    public static Tensor Finely(Tensor picture)
    {
        long height = picture.shape[2], width = picture.shape[3];
        Tensor padded = nn.functional.pad(picture, [1, 1, 1, 1], PaddingModes.Replicate); // [N, 1, H + 2, W + 2]
        Tensor rows = padded.narrow(2, 1, height), columns = padded.narrow(3, 1, width);
        Tensor three = cat([picture, rows.narrow(3, 2, width).sub(rows.narrow(3, 0, width)).mul_(Scalars.Of(0.5)), columns.narrow(2, 2, height).sub(columns.narrow(2, 0, height)).mul_(Scalars.Of(0.5))], 1);
        return nn.functional.interpolate(three, [Fineness * (height - 1) + 1, Fineness * (width - 1) + 1], mode: InterpolationMode.Bicubic, align_corners: true);
    }
}
