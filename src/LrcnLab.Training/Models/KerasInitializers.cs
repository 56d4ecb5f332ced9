using LrcnLab.Core.Specs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Models;

/// <summary>Initial weights as Keras draws them, where PyTorch's own functions differ.</summary>
internal static class KerasInitializers
{
    /// <summary>Deviation of a standard normal that is cut at ±2: Keras divides by it so that the drawn weights have the wanted deviation.</summary>
    private const double TruncatedDeviation = 0.87962566103423978;

    /// <summary>erf(√2): the share of a normal distribution within two deviations.</summary>
    private const double WithinTwoDeviations = 0.95449973610364159;

    /// <summary>
    /// Truncated normal with deviation √(2 / fan in); PyTorch's <c>kaiming_normal_</c> does not truncate. weight: [out, in, k, k].
    /// Drawn by the inverse distribution function, as TorchSharp 0.107's <c>trunc_normal_</c> swaps mean and deviation and fills in a constant.
    /// </summary>
    public static void HeNormal(Tensor weight)
    {
        double fanIn = weight.numel() / (double)weight.shape[0];
        double deviation = Math.Sqrt(2 / fanIn) / TruncatedDeviation;
        using var noGradient = no_grad();
        weight.uniform_(-WithinTwoDeviations, WithinTwoDeviations).erfinv_().mul_(Scalars.Of(deviation * Math.Sqrt(2)));
    }

    /// <summary>
    /// Kernels glorot-uniform, recurrent kernels orthogonal as a whole, biases zero, an LSTM's forget bias 1 in <c>bias_ih</c>.
    /// An LSTM's <c>bias_hh</c> is frozen: Keras has one bias, and two trained ones would move twice as fast.
    /// </summary>
    public static void Recurrent(nn.Module module, SequenceKind kind, int hidden)
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in module.named_parameters())
        {
            if (name.StartsWith("weight_ih", StringComparison.Ordinal))
            {
                nn.init.xavier_uniform_(parameter); // [G·H, F]
            }
            else if (name.StartsWith("weight_hh", StringComparison.Ordinal))
            {
                nn.init.orthogonal_(parameter); // [G·H, H]
            }
            else
            {
                nn.init.zeros_(parameter); // [G·H], an LSTM's gates i, f, g, o
                if (kind != SequenceKind.Lstm)
                    continue;
                if (name.StartsWith("bias_ih", StringComparison.Ordinal))
                    parameter.narrow(0, hidden, hidden).fill_(Scalars.Of(1));
                else
                    parameter.requires_grad = false;
            }
        }
    }
}
