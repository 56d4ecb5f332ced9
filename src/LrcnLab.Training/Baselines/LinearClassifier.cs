using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LrcnLab.Training.Baselines;

/// <summary>Multinomial logistic regression on standardised features, fitted to all clips at once. No chance in it.</summary>
internal sealed class LinearClassifier : IDisposable
{
    private const int Iterations = 100;

    private readonly Tensor _mean, _deviation, _weight, _bias;

    private LinearClassifier(Tensor mean, Tensor deviation, Tensor weight, Tensor bias) => (_mean, _deviation, _weight, _bias) = (mean, deviation, weight, bias);

    /// <param name="features">[N, F]</param>
    /// <param name="labels">int64 [N]</param>
    /// <param name="classes">K</param>
    /// <param name="decay">Weight of the squared weights against the mean cross entropy.</param>
    public static LinearClassifier Fit(Tensor features, Tensor labels, int classes, double decay)
    {
        using var scope = NewDisposeScope();
        Tensor mean = features.mean([0], keepdim: true), deviation = features.std(0, unbiased: false, keepdim: true).clamp_min_(Scalars.Of(1e-6));
        Tensor x = (features - mean) / deviation;
        var weight = new Parameter(zeros([features.shape[1], classes], features.dtype, features.device));
        var bias = new Parameter(zeros([classes], features.dtype, features.device));
        using (enable_grad())
        using (var optimizer = optim.LBFGS([weight, bias], lr: 1, max_iter: Iterations, history_size: 10))
        {
            optimizer.step(() =>
            {
                optimizer.zero_grad();
                Tensor loss = nn.functional.cross_entropy(x.mm(weight) + bias, labels) + decay * (weight * weight).sum();
                loss.backward();
                return loss;
            });
        }

        return new LinearClassifier(mean.MoveToOuterDisposeScope(), deviation.MoveToOuterDisposeScope(), weight.detach().MoveToOuterDisposeScope(), bias.detach().MoveToOuterDisposeScope());
    }

    /// <summary>Share of right answers.</summary>
    /// <param name="features">[N, F]</param>
    /// <param name="labels">int64 [N]</param>
    public double Accuracy(Tensor features, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return (((features - _mean) / _deviation).mm(_weight) + _bias).argmax(1).eq(labels).to(float64).mean().item<double>();
    }

    public void Dispose()
    {
        _mean.Dispose();
        _deviation.Dispose();
        _weight.Dispose();
        _bias.Dispose();
    }
}
