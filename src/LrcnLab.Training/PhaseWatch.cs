using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training;

internal enum Phase { Data, Forward, Backward, Optimizer }

/// <summary>Where the time of a step goes. On a GPU work is only queued, so each phase waits for its end.</summary>
internal sealed class PhaseWatch(Device device)
{
    private readonly double[] _milliseconds = new double[4];
    private long _since = Stopwatch.GetTimestamp();

    public StepTimes Times => new(_milliseconds[0], _milliseconds[1], _milliseconds[2], _milliseconds[3]);

    /// <summary>What passed since the last call belongs to <paramref name="phase"/>.</summary>
    public void End(Phase phase)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
        _milliseconds[(int)phase] += Stopwatch.GetElapsedTime(_since).TotalMilliseconds;
        _since = Stopwatch.GetTimestamp();
    }
}
