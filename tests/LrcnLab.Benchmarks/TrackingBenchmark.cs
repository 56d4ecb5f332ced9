using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Workers;
using LrcnLab.Storage;
using LrcnLab.Training;

namespace LrcnLab.Benchmarks;

/// <summary>What tracking costs training: the time of a step that goes into telling of it, while a server in the same process stores what is told; and steps with it against steps without it.</summary>
internal static class TrackingBenchmark
{
    public static int Run(int threads, int rounds)
    {
        Measure("quick start", Presets.QuickStart.Spec, 8, 40, rounds);
        Measure("seed model", BareStep.SeedSpec, BareStep.SeedClasses, 4, rounds);
        return 0;
    }

    private static void Measure(string name, RunSpec spec, int classes, int steps, int rounds)
    {
        using var step = new BareStep(spec, classes);
        step.Run(3);
        using var teller = new Teller();
        var without = new List<double>();
        var with = new List<double>();
        double told = 0;
        for (int i = 0; i < rounds; i++)
        {
            without.AddRange(step.Milliseconds(steps));
            for (int s = 0; s < steps; s++)
            {
                StepTimes times = step.Run(1)[0];
                long start = Stopwatch.GetTimestamp();
                teller.Tell(times);
                double telling = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                told += telling;
                with.Add(times.Total + telling);
            }
        }

        Report.Line($"{name}, {BareStep.Describe(spec)}: a step median {Report.Median(without):0.00} ms without, {Report.Median(with):0.00} ms with tracking; telling {told / with.Count * 1000:0} us a step, {100 * told / with.Sum():0.00} % of it");
    }

    /// <summary>Journal and pipe as the worker has them, and a server behind the pipe.</summary>
    private sealed class Teller : IDisposable
    {
        private readonly BenchmarkLab _lab = BenchmarkLab.CreateAsync().GetAwaiter().GetResult();
        private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out);
        private readonly StreamWriter _output;
        private readonly FileStream _journal;
        private readonly Task _taking;
        private long _step;

        public Teller()
        {
            (Guid run, Guid token) = IngestBenchmark.AddRunsAsync(_lab, 1).GetAwaiter().GetResult()[0];
            string folder = _lab.Get<LabPaths>().RunFolder(run);
            Directory.CreateDirectory(folder);
            _journal = new FileStream(Path.Combine(folder, WorkerProtocol.JournalFile), FileMode.Create);
            _output = new StreamWriter(_pipe);
            _taking = Task.Run(() => IngestBenchmark.StoreAsync(_lab, run, token, new LineReader(new AnonymousPipeClientStream(PipeDirection.In, _pipe.GetClientHandleAsString()), WorkerProcess.MaxEventBytes)));
        }

        public void Tell(StepTimes times)
        {
            _step++;
            var values = new Dictionary<string, double>
            {
                [MetricKeys.TrainLoss] = 1.0 / _step,
                [MetricKeys.TrainAccuracy] = 0.5,
                [MetricKeys.LearningRate] = 1e-4,
                [MetricKeys.GradientNorm] = 1.5,
                [MetricKeys.ClipsPerSecond] = 100 + times.Total,
                [MetricKeys.FramesPerSecond] = 1600 + times.Total,
                [MetricKeys.DataTime] = times.Data,
                [MetricKeys.ForwardTime] = times.Forward,
                [MetricKeys.BackwardTime] = times.Backward,
                [MetricKeys.OptimizerTime] = times.Optimizer,
                [MetricKeys.ProcessMemory] = Environment.WorkingSet,
            };
            string line = new MetricEvent { Sequence = _step, Time = DateTime.UtcNow, Step = _step, Epoch = _step / 100.0, Values = values }.ToLine();
            _journal.Write(Encoding.UTF8.GetBytes(line + "\n"));
            _journal.Flush(flushToDisk: false);
            _output.Write(line + "\n");
            _output.Flush();
        }

        public void Dispose()
        {
            _output.Dispose();
            _taking.GetAwaiter().GetResult();
            _journal.Dispose();
            _lab.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
