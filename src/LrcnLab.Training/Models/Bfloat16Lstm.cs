using static TorchSharp.torch;

namespace LrcnLab.Training.Models;

/// <summary>
/// One direction of one LSTM layer whose matrix products are in bfloat16, while gates, cells and sums over time are float32.
/// It has a backward pass of its own, because it then needs one product for each weight instead of one for each step; oneDNN's LSTM in bfloat16 divides by zero
/// at some sizes, which ends the process. Gates i, f, g, o as in PyTorch.
/// <para><c>apply(x [N, T, F], weight_ih [4·H, F], weight_hh [4·H, H], bias_ih [4·H], bias_hh [4·H])</c>, all float32, gives [N, T, H], float32.</para>
/// </summary>
internal sealed class Bfloat16Lstm : autograd.SingleTensorFunction<Bfloat16Lstm>
{
    public override string Name => nameof(Bfloat16Lstm);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var (x, biasIh, biasHh) = ((Tensor)vars[0], (Tensor)vars[3], (Tensor)vars[4]);
        Tensor ih = ((Tensor)vars[1]).to(bfloat16), hh = ((Tensor)vars[2]).to(bfloat16);
        long clips = x.shape[0], time = x.shape[1], hidden = hh.shape[1];
        Tensor input = empty([time, clips, x.shape[2]], bfloat16, x.device).copy_(x.transpose(0, 1)).flatten(0, 1); // [T·N, F]
        Tensor gates = mm(input, ih.t()).to(float32).add_(biasIh).add_(biasHh).reshape(time, clips, 4 * hidden);
        Tensor states = zeros([time + 1, clips, hidden], bfloat16, x.device), cells = zeros([time + 1, clips, hidden], float32, x.device); // before each step, and after the last
        Tensor squashed = empty([time, clips, hidden], float32, x.device), output = empty_like(squashed);
        for (long t = 0; t < time; t++)
        {
            using var step = NewDisposeScope();
            Tensor all = gates[t];
            if (t > 0)
                all.add_(mm(states[t], hh.t()));
            all.narrow(1, 0, 2 * hidden).sigmoid_();
            Tensor candidate = all.narrow(1, 2 * hidden, hidden).tanh_(), outgoing = all.narrow(1, 3 * hidden, hidden).sigmoid_();
            Tensor cell = cells[t + 1].copy_(cells[t]).mul_(all.narrow(1, hidden, hidden)).addcmul_(all.narrow(1, 0, hidden), candidate, Scalars.Of(1));
            Tensor state = output[t].copy_(squashed[t].copy_(cell).tanh_()).mul_(outgoing);
            states[t + 1].copy_(state);
        }

        ctx.save_for_backward([input.MoveToOuterDisposeScope(), ih.MoveToOuterDisposeScope(), hh.MoveToOuterDisposeScope(), gates.MoveToOuterDisposeScope(),
            states.MoveToOuterDisposeScope(), cells.MoveToOuterDisposeScope(), squashed.MoveToOuterDisposeScope()]);
        return output.transpose(0, 1).contiguous().MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var (input, ih, hh, gates, states, cells, squashed) = (saved[0], saved[1], saved[2], saved[3], saved[4], saved[5], saved[6]);
        long time = gates.shape[0], clips = gates.shape[1], hidden = hh.shape[1];
        Tensor gate(int which) => gates.narrow(2, which * hidden, hidden);
        Tensor incoming = gate(0), forget = gate(1), candidate = gate(2), outgoing = gate(3);

        // What a change of the cell does to the first three gates before their function, and a change of the state to the last and to the cell: for all steps at once.
        Tensor slopes = stack([Sigmoid(incoming).mul_(candidate), Sigmoid(forget).mul_(cells.narrow(0, 0, time)), Tanh(candidate).mul_(incoming)], 2); // [T, N, 3, H]
        Tensor ofOutgoing = Sigmoid(outgoing).mul_(squashed), ofCell = Tanh(squashed).mul_(outgoing);

        Tensor states_ = grad_output.transpose(0, 1).to(float32, copy: true).contiguous(); // [T, N, H]
        Tensor cell = zeros([clips, hidden], float32, gates.device), inner = empty([time, clips, 4, hidden], bfloat16, gates.device);
        for (long t = time - 1; t >= 0; t--)
        {
            using var step = NewDisposeScope();
            Tensor state = states_[t], target = inner[t];
            if (t < time - 1)
                state.add_(mm(inner[t + 1].flatten(1), hh));
            cell.addcmul_(state, ofCell[t], Scalars.Of(1));
            target.narrow(1, 0, 3).copy_(slopes[t] * cell.unsqueeze(1));
            target.select(1, 3).copy_(ofOutgoing[t] * state);
            cell.mul_(forget[t]);
        }

        Tensor all = inner.reshape(time * clips, 4 * hidden);
        Tensor bias = all.sum(0, type: float32);
        Tensor ofInput = mm(all, ih).reshape(time, clips, -1).transpose(0, 1).to(float32);
        Tensor ofIh = mm(all.t(), input).to(float32), ofHh = mm(all.t(), states.narrow(0, 0, time).flatten(0, 1)).to(float32);
        return [ofInput.MoveToOuterDisposeScope(), ofIh.MoveToOuterDisposeScope(), ofHh.MoveToOuterDisposeScope(), bias.MoveToOuterDisposeScope(), bias.clone().MoveToOuterDisposeScope()];
    }

    /// <summary>Slope of the sigmoid where it has this value.</summary>
    private static Tensor Sigmoid(Tensor y) => (1 - y).mul_(y);

    /// <summary>Slope of tanh where it has this value.</summary>
    private static Tensor Tanh(Tensor y) => (y * y).neg_().add_(Scalars.Of(1));
}
