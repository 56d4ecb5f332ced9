using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Models;

/// <param name="Steps">[N, T, D·H]; zero behind the end of a clip.</param>
/// <param name="Final">[N, D·H]: the last layer's state after its last step; backwards that is the first frame.</param>
internal readonly record struct RecurrentOutput(Tensor Steps, Tensor Final);

/// <summary>
/// The recurrent network of a <see cref="RecurrentLayer"/>. Clips of different lengths in one batch give what each gives alone.
/// With sigmoid gates libtorch computes it; hard-sigmoid gates, which no library has, are computed step by step here.
/// </summary>
internal sealed class Recurrent
{
    private readonly RecurrentLayer _layer;
    private readonly nn.Module _module;

    public Recurrent(RecurrentLayer layer)
    {
        _layer = layer;
        _module = layer.Kind == SequenceKind.Lstm
            ? nn.LSTM(layer.InputSize, layer.Hidden, layer.Layers, batchFirst: true, dropout: Between, bidirectional: layer.Bidirectional)
            : nn.GRU(layer.InputSize, layer.Hidden, layer.Layers, batchFirst: true, dropout: Between, bidirectional: layer.Bidirectional);
        KerasInitializers.Recurrent(_module, layer.Kind, layer.Hidden);
    }

    /// <summary>Holds the parameters, under PyTorch's names.</summary>
    public nn.Module Module => _module;

    /// <summary>PyTorch warns of dropout where there is nothing between.</summary>
    private double Between => _layer.Layers > 1 ? _layer.Dropout : 0;

    /// <param name="features">[N, T, F]</param>
    /// <param name="lengths">Valid steps of each clip; null when all have T.</param>
    /// <param name="half">Matrix products in bfloat16 where that is possible: in an LSTM, on a CPU, for clips of full length.</param>
    public RecurrentOutput Run(Tensor features, long[]? lengths, bool half = false)
    {
        if (half && _layer is { Kind: SequenceKind.Lstm, Gates: GateFunction.Sigmoid } && lengths is null && features.device_type == DeviceType.CPU)
            return new SteppedRecurrent(_layer, _module, half: true).Run(features, null);
        if (_layer.Gates == GateFunction.HardSigmoid)
            return new SteppedRecurrent(_layer, _module).Run(features, lengths);
        if (lengths is null)
        {
            (Tensor steps, Tensor state) = Call(features);
            return new RecurrentOutput(steps, Final(state));
        }

        using var packed = nn.utils.rnn.pack_padded_sequence(features, tensor(lengths), batch_first: true, enforce_sorted: false);
        (nn.utils.rnn.PackedSequence output, Tensor last) = Call(packed);
        using (output)
        {
            var (steps, _) = nn.utils.rnn.pad_packed_sequence(output, batch_first: true, total_length: features.shape[1]);
            return new RecurrentOutput(steps, Final(last));
        }
    }

    private (Tensor Steps, Tensor State) Call(Tensor features)
    {
        if (_module is LSTM lstm)
        {
            var (steps, state, _) = lstm.call(features);
            return (steps, state);
        }

        return ((GRU)_module).call(features);
    }

    private (nn.utils.rnn.PackedSequence Steps, Tensor State) Call(nn.utils.rnn.PackedSequence features)
    {
        if (_module is LSTM lstm)
        {
            var (steps, state, _) = lstm.call(features);
            return (steps, state);
        }

        return ((GRU)_module).call(features);
    }

    /// <param name="state">[L·D, N, H]</param>
    private Tensor Final(Tensor state)
    {
        Tensor last = state.narrow(0, state.shape[0] - _layer.Directions, _layer.Directions); // [D, N, H]
        return last.transpose(0, 1).flatten(1);
    }
}
