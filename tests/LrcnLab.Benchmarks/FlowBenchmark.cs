using System.Diagnostics;
using LrcnLab.Training.Flow;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Benchmarks;

/// <summary>Milliseconds of optical flow for a pair of frames, with the error on motions that are known.</summary>
internal static class FlowBenchmark
{
    public static int Run(int threads, int rounds)
    {
        foreach ((int width, int height, int pairs) in ((int, int, int)[])[(80, 80, 32), (160, 120, 16)])
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor first = Texture(width, height, 0, 0).expand(pairs, 1, height, width).contiguous(), second = Texture(width, height, 1.3, -0.7).expand(pairs, 1, height, width).contiguous();
            Report.Line($"{width}x{height}, batches of {pairs} pairs, {threads} threads, {rounds} rounds");
            Measure("one sweep a pair", first, second, new FlowSettings(), rounds);
            Measure("tensors", first, second, new FlowSettings { TensorsOnly = true }, rounds);
        }

        return 0;
    }

    private static void Measure(string name, Tensor first, Tensor second, FlowSettings settings, int rounds)
    {
        List<double> milliseconds = [], processor = [];
        double error = 0;
        for (int round = 0; round <= rounds; round++)
        {
            using DisposeScope scope = NewDisposeScope();
            long start = Stopwatch.GetTimestamp();
            TimeSpan used = Environment.CpuUsage.TotalTime;
            Tensor flow = OpticalFlow.Between(first, second, settings);
            if (round > 0)
            {
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / first.shape[0]);
                processor.Add((Environment.CpuUsage.TotalTime - used).TotalMilliseconds / first.shape[0]);
            }

            Tensor interior = flow[0].narrow(1, 8, flow.shape[2] - 16).narrow(2, 8, flow.shape[3] - 16);
            error = interior.sub(tensor([1.3f, -0.7f]).view(2, 1, 1)).square().sum([0]).sqrt().mean().item<float>();
        }

        Report.Line($"{name,-20} median {Report.Median(milliseconds):0.00} ms a pair, fastest {milliseconds.Min():0.00}; of processor time {Report.Median(processor):0.00} and {processor.Min():0.00}; moved by (1.3, -0.7), off by {error:0.000} px on average");
    }

    /// <summary>Waves in all directions, moved by (<paramref name="x"/>, <paramref name="y"/>) pixels; [1, 1, H, W].</summary>
    private static Tensor Texture(int width, int height, double x, double y)
    {
        var random = new Random(1);
        Tensor across = arange(width, float32).sub(x).view(1, -1), down = arange(height, float32).sub(y).view(-1, 1), sum = full([height, width], 128f);
        for (int wave = 0; wave < 24; wave++)
        {
            double length = 5 + 30 * random.NextDouble(), angle = 2 * Math.PI * random.NextDouble(), frequency = 2 * Math.PI / length;
            sum.add_(across.mul(frequency * Math.Cos(angle)).add(down.mul(frequency * Math.Sin(angle))).add_(2 * Math.PI * random.NextDouble()).sin_().mul_(12));
        }

        return sum.clamp_(0, 255).view(1, 1, height, width);
    }
}
