using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>
/// Tensors of a Keras LRCN (channels last, LSTM gates i, f, c, o) in PyTorch's names and orders. The same turns serve weights and their gradients.
/// Names: <c>conv1/kernel</c>, <c>conv1/bias</c>, <c>lstm/kernel</c>, <c>lstm/recurrent_kernel</c>, <c>lstm/bias</c>, <c>dense/kernel</c>, <c>dense/bias</c>.
/// </summary>
public static class KerasWeights
{
    /// <summary>Whether tensors carry Keras' names.</summary>
    public static bool Are(IReadOnlyDictionary<string, Tensor> tensors) => tensors.ContainsKey("dense/kernel");

    /// <param name="keras">Tensors by name; others than those of the model are left out.</param>
    /// <param name="plan">A model without norms, with one forward LSTM layer: what the Keras post describes.</param>
    /// <returns>By PyTorch's names, in the caller's scope. Keras' one LSTM bias becomes <c>bias_ih</c>; <c>bias_hh</c> is zero.</returns>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape, or the model has layers that this form does not know.</exception>
    public static Dictionary<string, Tensor> Convert(IReadOnlyDictionary<string, Tensor> keras, ModelPlan plan)
    {
        var result = new Dictionary<string, Tensor>();
        foreach (PlanLayer layer in plan.Layers.Where(l => l.Parameters > 0))
        {
            switch (layer)
            {
                case ConvolutionLayer c:
                    // [k, k, in, out] to [out, in, k, k]
                    result[$"{c.Name}.weight"] = Take(keras, $"{c.Name}/kernel", c.Kernel, c.Kernel, c.InChannels, c.OutChannels).permute(3, 2, 0, 1).contiguous();
                    result[$"{c.Name}.bias"] = Take(keras, $"{c.Name}/bias", c.OutChannels).clone();
                    break;
                case RecurrentLayer { Kind: SequenceKind.Lstm, Layers: 1, Bidirectional: false } r:
                    result[$"{r.Name}.weight_ih_l0"] = ChannelsFirst(Take(keras, "lstm/kernel", r.InputSize, 4 * r.Hidden), plan).t().contiguous();
                    result[$"{r.Name}.weight_hh_l0"] = Take(keras, "lstm/recurrent_kernel", r.Hidden, 4 * r.Hidden).t().contiguous();
                    result[$"{r.Name}.bias_ih_l0"] = Take(keras, "lstm/bias", 4 * r.Hidden).clone();
                    result[$"{r.Name}.bias_hh_l0"] = zeros(4 * r.Hidden);
                    break;
                case LinearLayer l:
                    result[$"{l.Name}.weight"] = Take(keras, "dense/kernel", l.InFeatures, l.OutFeatures).t().contiguous();
                    result[$"{l.Name}.bias"] = Take(keras, "dense/bias", l.OutFeatures).clone();
                    break;
                default:
                    throw new InvalidDataException($"Keras weights are not known for the layer {layer.Name} ({layer.Type}).");
            }
        }

        return result;
    }

    /// <summary>Keras flattens a frame as h, w, c and PyTorch as c, h, w: the rows of the kernel that reads it are put into that order.</summary>
    private static Tensor ChannelsFirst(Tensor kernel, ModelPlan plan)
    {
        int at = plan.Layers.ToList().FindIndex(l => l is FeatureLayer);
        if (plan.Layers[at] is not FeatureLayer { Pooling: FeaturePooling.Flatten })
            return kernel;
        int channels = plan.Layers[at - 1].OutputShape[1], height = plan.Layers[at - 1].OutputShape[2], width = plan.Layers[at - 1].OutputShape[3];
        return kernel.reshape(height, width, channels, -1).permute(2, 0, 1, 3).flatten(0, 2);
    }

    private static Tensor Take(IReadOnlyDictionary<string, Tensor> tensors, string name, params long[] shape)
    {
        if (!tensors.TryGetValue(name, out Tensor? tensor))
            throw new InvalidDataException($"The weights have no {name}.");
        return tensor.shape.SequenceEqual(shape) ? tensor : throw new InvalidDataException($"{name} has the shape [{string.Join(", ", tensor.shape)}], expected [{string.Join(", ", shape)}].");
    }
}
