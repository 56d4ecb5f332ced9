using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Models;

/// <summary>
/// What libtorch's LSTM and GRU do not do, one time step after the other: Keras' hard sigmoid as gate function, clip(0.2 x + 0.5, 0, 1) (Keras before 2.3), and
/// <see cref="Bfloat16Lstm"/>. Uses the parameters of a PyTorch module; gates i, f, g, o and r, z, n as there.
/// </summary>
/// <param name="layer">All its layers and directions.</param>
/// <param name="module">Has the parameters.</param>
/// <param name="half">Products in bfloat16; only for an LSTM with sigmoid gates and clips of full length.</param>
internal sealed class SteppedRecurrent(RecurrentLayer layer, nn.Module module, bool half = false)
{
    /// <inheritdoc cref="Recurrent.Run"/>
    public RecurrentOutput Run(Tensor features, long[]? lengths)
    {
        long time = features.shape[1];
        Tensor? valid = lengths is null ? null : arange(Scalars.Of(time), device: features.device).unsqueeze(0).lt(tensor(lengths, device: features.device).unsqueeze(1)).to(features.dtype).unsqueeze(2); // [N, T, 1]
        Tensor x = features, final = features;
        for (int l = 0; l < layer.Layers; l++)
        {
            if (l > 0 && layer.Dropout > 0)
                x = nn.functional.dropout(x, layer.Dropout, module.training);
            var directions = Enumerable.Range(0, layer.Directions).Select(d => Direction(x, $"l{l}{(d == 1 ? "_reverse" : "")}", d == 1, valid)).ToArray();
            x = cat([.. directions.Select(d => d.Steps)], 2);
            final = cat([.. directions.Select(d => d.Final)], 1);
        }

        return new RecurrentOutput(x, final);
    }

    private RecurrentOutput Direction(Tensor x, string name, bool backwards, Tensor? valid)
    {
        int time = (int)x.shape[1];
        if (half)
        {
            Tensor forwards = Bfloat16Lstm.apply(backwards ? x.flip(1) : x, Parameter($"weight_ih_{name}"), Parameter($"weight_hh_{name}"), Parameter($"bias_ih_{name}"), Parameter($"bias_hh_{name}"));
            return new RecurrentOutput(backwards ? forwards.flip(1) : forwards, forwards.select(1, time - 1));
        }

        Tensor input = nn.functional.linear(x, Parameter($"weight_ih_{name}"), Parameter($"bias_ih_{name}")); // [N, T, G·H]
        Tensor recurrent = Parameter($"weight_hh_{name}"), bias = Parameter($"bias_hh_{name}");
        Tensor h = zeros([x.shape[0], layer.Hidden], x.dtype, x.device), c = h;
        var steps = new Tensor[time];
        for (int i = 0; i < time; i++)
        {
            int t = backwards ? time - 1 - i : i;
            Tensor gates = input.select(1, t), inner = nn.functional.linear(h, recurrent, bias);
            (Tensor nextH, Tensor nextC) = layer.Kind == SequenceKind.Lstm ? Lstm(gates + inner, c) : (Gru(gates, inner, h), c);
            if (valid?.select(1, t) is Tensor counts) // [N, 1]
            {
                steps[t] = nextH * counts;
                h = where(counts.to(@bool), nextH, h);
                c = where(counts.to(@bool), nextC, c);
            }
            else
            {
                (h, c, steps[t]) = (nextH, nextC, nextH);
            }
        }

        return new RecurrentOutput(stack(steps, 1), h);
    }

    private static (Tensor H, Tensor C) Lstm(Tensor gates, Tensor c)
    {
        Tensor[] g = gates.chunk(4, 1);
        Tensor next = HardSigmoid(g[1]) * c + HardSigmoid(g[0]) * g[2].tanh();
        return (HardSigmoid(g[3]) * next.tanh(), next);
    }

    private static Tensor Gru(Tensor input, Tensor inner, Tensor h)
    {
        Tensor[] x = input.chunk(3, 1), r = inner.chunk(3, 1);
        Tensor update = HardSigmoid(x[1] + r[1]);
        Tensor candidate = (x[2] + HardSigmoid(x[0] + r[0]) * r[2]).tanh();
        return (1 - update) * candidate + update * h;
    }

    private static Tensor HardSigmoid(Tensor x) => (0.2 * x + 0.5).clamp(Scalars.Of(0), Scalars.Of(1));

    private TorchSharp.Modules.Parameter Parameter(string name) => module.get_parameter(name) ?? throw new InvalidOperationException($"The module has no {name}.");
}
