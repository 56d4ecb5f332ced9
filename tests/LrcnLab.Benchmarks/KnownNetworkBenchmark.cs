using LrcnLab.Core.Specs;

namespace LrcnLab.Benchmarks;

/// <summary>Steps of LRCNs on VGG-16 and ResNet-18, everything learning, against PyTorch with torchvision's networks in either order of memory.</summary>
internal static class KnownNetworkBenchmark
{
    private const int Classes = 101;

    public static int Run(int threads, int rounds)
    {
        foreach (RunSpec spec in (RunSpec[])[Lrcn(BackboneNetwork.Resnet18, BackboneOutput.Pool, clips: 4), Lrcn(BackboneNetwork.Vgg16, BackboneOutput.Fc6, clips: 2)])
        {
            if (!Compare(spec, threads, rounds))
                return 1;
        }

        return 0;
    }

    private static bool Compare(RunSpec spec, int threads, int rounds)
    {
        using var ours = new BareStep(spec, Classes);
        using Peer? planar = Peer.Start(spec, Classes, threads);
        using Peer? last = planar is null ? null : Peer.Start(spec, Classes, threads, channelsLast: true);
        if (planar is null || last is null)
            return false;
        ours.Run(1);
        planar.Run("step", 1);
        last.Run("step", 1);
        List<double> mine = [], planarTimes = [], lastTimes = [];
        for (int round = 0; round < rounds; round++)
        {
            mine.AddRange(ours.Milliseconds(1));
            planarTimes.AddRange(planar.Run("step", 1));
            lastTimes.AddRange(last.Run("step", 1));
        }

        List<double> better = Report.Median(planarTimes) < Report.Median(lastTimes) ? planarTimes : lastTimes;
        Report.Line($"LRCN on {SpecField.Word(spec.Model.Backbone.Network)}, {BareStep.Describe(spec)}, {ours.Flops / 1e9:0.0} GFLOP a step, {threads} threads, {rounds} rounds");
        Report.Times("LrcnLab", mine, spec.Training.BatchSize);
        Report.Times($"PyTorch {planar.Version}", planarTimes, spec.Training.BatchSize);
        Report.Times("the same, channels last", lastTimes, spec.Training.BatchSize);
        Report.Line($"ratio to the better one: of medians {Report.Median(better) / Report.Median(mine):0.00}, of fastest {better.Min() / mine.Min():0.00}");
        return true;
    }

    private static RunSpec Lrcn(BackboneNetwork network, BackboneOutput output, int clips) => new()
    {
        Data = new DataSpec { ClipLength = 8, Width = 112, Height = 112 },
        Model = new ModelSpec { Backbone = new BackboneSpec { Network = network, Output = output }, Sequence = new SequenceSpec { Hidden = 256, Readout = Readout.EveryStep } },
        Training = new TrainingSpec { BatchSize = clips },
    };
}
