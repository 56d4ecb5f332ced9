using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Optimization;

/// <summary>
/// Exponential moving average of a model's parameters; statistics of norms are taken over as they are. Early averages follow faster, with the decay
/// (1 + step) / (10 + step), as TensorFlow's ExponentialMovingAverage does with a count of updates.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly (Tensor Trained, Tensor Average)[] _parameters;
    private readonly (Tensor Trained, Tensor Average)[] _buffers;

    public WeightAverage(LrcnModel trained, double decay, Device device)
    {
        _decay = decay;
        Model = new LrcnModel(trained.Plan);
        Model.to(device);
        _parameters = [.. trained.named_parameters().Zip(Model.named_parameters(), (t, a) => ((Tensor)t.parameter, (Tensor)a.parameter))];
        _buffers = [.. trained.named_buffers().Zip(Model.named_buffers(), (t, a) => (t.buffer, a.buffer))];
        Take(0);
    }

    public LrcnModel Model { get; }

    /// <param name="step">Updates done before the one that just ended.</param>
    public void Update(long step) => Take(Math.Min(_decay, (1.0 + step) / (10.0 + step)));

    public void Dispose() => Model.Dispose();

    private void Take(double decay)
    {
        using var noGradient = no_grad();
        foreach (var (trained, average) in _parameters)
            average.mul_(Scalars.Of(decay)).add_(trained, alpha: Scalars.Of(1 - decay));
        foreach (var (trained, average) in _buffers)
            average.copy_(trained);
    }
}
