using LrcnLab.Media.Prepared;
using LrcnLab.Training.Flow.Processor;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Flow;

/// <summary>Writes the flow of samples from their grey frames: of each frame to the next one of its sample, the last one's as the one before, none for a single frame.</summary>
/// <param name="gray">[1, H, W] each.</param>
/// <param name="output">Takes one <see cref="FlowImage"/> a frame.</param>
/// <param name="ct">Ends the work within a frame or batch.</param>
internal sealed class FlowShard(PreparedFrames gray, ShardOutput output, CancellationToken ct)
{
    private const int PixelsPerBatch = 1 << 20;

    private readonly byte[] _image = new byte[FlowImage.Channels * gray.FrameBytes];

    /// <summary>On the calling thread.</summary>
    public void Write(IEnumerable<int> samples)
    {
        using var flow = new PairFlow(gray.Height, gray.Width, new FlowSettings());
        float[] here = new float[gray.FrameBytes], next = new float[gray.FrameBytes];
        foreach (int sample in samples)
        {
            Begin(sample);
            Load(sample, 0, next);
            for (int t = 0; t < gray.FrameCount(sample); t++)
            {
                ct.ThrowIfCancellationRequested();
                if (t + 1 < gray.FrameCount(sample))
                {
                    (here, next) = (next, here);
                    Load(sample, t + 1, next);
                    FlowImage.Fill(flow.Between(here, next), _image);
                }

                WriteFrame();
            }
        }
    }

    /// <summary>In batches on a device; of several threads that call it, one after the other should.</summary>
    public void Write(IEnumerable<int> samples, Device device)
    {
        int most = Math.Max(1, PixelsPerBatch / gray.FrameBytes);
        foreach (int sample in samples)
        {
            Begin(sample);
            int pairs = gray.FrameCount(sample) - 1;
            for (int first = 0; first < pairs; first += most)
            {
                ct.ThrowIfCancellationRequested();
                using DisposeScope scope = NewDisposeScope();
                int count = Math.Min(most, pairs - first);
                Tensor frames = Batch(sample, first, count + 1).to(device).to(float32);
                Tensor images = FlowImage.Of(OpticalFlow.Between(frames.narrow(0, 0, count), frames.narrow(0, 1, count))).cpu(); // [count, 3, H, W]
                for (int i = 0; i < count; i++)
                {
                    images.bytes.Slice(i * _image.Length, _image.Length).CopyTo(_image);
                    WriteFrame();
                }
            }

            WriteFrame();
        }
    }

    private void Begin(int sample)
    {
        gray.CheckStillWhole(sample);
        Array.Fill(_image, (byte)FlowImage.Center);
    }

    private void WriteFrame()
    {
        output.Write(_image);
        output.Report(1);
    }

    private void Load(int sample, int frame, float[] brightness)
    {
        ReadOnlySpan<byte> levels = gray.Frame(sample, frame);
        for (int i = 0; i < levels.Length; i++)
            brightness[i] = levels[i];
    }

    /// <returns>uint8 [count, 1, H, W].</returns>
    private Tensor Batch(int sample, int first, int count)
    {
        Tensor frames = empty([count, 1, gray.Height, gray.Width], uint8);
        for (int i = 0; i < count; i++)
            gray.Frame(sample, first + i).CopyTo(frames.bytes[(i * gray.FrameBytes)..]);
        return frames;
    }
}
