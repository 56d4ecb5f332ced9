using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>
/// The inner loop of TV-L1 as tensor operations, for any device: the thresholding step
/// <c>v = u − clamp(ρ(u) / |∇I1|², ±λθ) · ∇I1</c>, then <c>u = v + θ div p</c>, then the dual variable
/// <c>p = (p + τ/θ ∇u) / (1 + τ/θ |∇u|)</c> for both components of the flow.
/// </summary>
internal static class DualIteration
{
    /// <param name="flow">u, [N, 2, H, W]; changed in place.</param>
    /// <param name="dualX">The x components of p, [N, 2, H, W]; changed in place.</param>
    /// <param name="dualY">The y components of p.</param>
    /// <param name="data">The data term.</param>
    /// <param name="settings">λ, θ, τ and the number of iterations.</param>
    public static void Run(Tensor flow, Tensor dualX, Tensor dualY, Linearized data, FlowSettings settings)
    {
        using DisposeScope scope = NewDisposeScope();
        double theta = settings.Tightness, bound = settings.Attachment * theta, step = settings.TimeStep / theta;
        long height = flow.shape[2], width = flow.shape[3];
        // Views are made once: an operation on 80x80 pixels is over in the time that two of them take.
        Tensor flowX = flow.narrow(1, 0, 1), flowY = flow.narrow(1, 1, 1), slopeX = data.Slope.narrow(1, 0, 1), slopeY = data.Slope.narrow(1, 1, 1);
        Tensor flowButFirstColumn = flow.narrow(3, 1, width - 1), flowButLastColumn = flow.narrow(3, 0, width - 1);
        Tensor flowButFirstRow = flow.narrow(2, 1, height - 1), flowButLastRow = flow.narrow(2, 0, height - 1);
        Tensor dualButLastColumn = dualX.narrow(3, 0, width - 1), dualButLastRow = dualY.narrow(2, 0, height - 1);
        Tensor excess = empty_like(data.Rest), right = zeros_like(flow), down = zeros_like(flow), norm = empty_like(flow);
        Tensor rightButLast = right.narrow(3, 0, width - 1), downButLast = down.narrow(2, 0, height - 1);

        for (int i = 0; i < settings.Iterations; i++)
        {
            excess.copy_(data.Rest).addcmul_(slopeX, flowX, Scalars.Of(1)).addcmul_(slopeY, flowY, Scalars.Of(1)).clamp_(Scalars.Of(-bound), Scalars.Of(bound));
            flow.addcmul_(data.Gradient, excess, Scalars.Of(-1));

            flow.add_(dualX, Scalars.Of(theta)).add_(dualY, Scalars.Of(theta));
            flowButFirstColumn.add_(dualButLastColumn, Scalars.Of(-theta));
            flowButFirstRow.add_(dualButLastRow, Scalars.Of(-theta));

            rightButLast.copy_(flowButFirstColumn).sub_(flowButLastColumn);
            downButLast.copy_(flowButFirstRow).sub_(flowButLastRow);
            norm.copy_(right).mul_(right).addcmul_(down, down, Scalars.Of(1)).sqrt_().mul_(Scalars.Of(step)).add_(Scalars.Of(1));
            dualX.add_(right, Scalars.Of(step)).div_(norm);
            dualY.add_(down, Scalars.Of(step)).div_(norm);
        }
    }
}
