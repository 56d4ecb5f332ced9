using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training;

namespace LrcnLab.Benchmarks;

/// <summary>Peak memory of whole small runs, each in a process of its own, against what the form says before launch.</summary>
internal static class MemoryBenchmark
{
    private const int Classes = 12;
    private static readonly int Steps = int.Parse(Environment.GetEnvironmentVariable("STEPS") ?? "6");

    /// <summary>Runs one specification, read from standard input, and prints its resident memory in bytes: the peak, then after the second and after the last step.</summary>
    public static int RunOne()
    {
        RunSpec spec = JsonSerializer.Deserialize<RunSpec>(Console.In.ReadToEnd(), LabJson.Options)!;
        string folder = Directory.CreateTempSubdirectory("lrcnlab-benchmark-").FullName;
        var resident = new List<long>();
        DoneEvent done = Trainer.Run(Job(spec, folder, e =>
        {
            if (e is MetricEvent { Values: var values } && values.ContainsKey("train/loss"))
                resident.Add(Private("VmRSS"));
        }), TorchSharp.torch.CPU);
        Directory.Delete(folder, recursive: true);
        if (done.Outcome != Outcome.Completed)
            throw new InvalidOperationException(done.Reason);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Private("VmHWM")} {resident[1]} {resident[^1]}"));
        return 0;
    }

    public static int Run(int threads, int rounds)
    {
        _ = rounds;
        List<double> ratios = [], growths = [];
        foreach (var (name, spec) in MemoryCases.All().Where(c => Environment.GetEnvironmentVariable("ONLY") is not string only || only.Split(';').Any(o => c.Name.Contains(o))))
        {
            long estimate = ModelPlanner.Plan(spec, Classes).MemoryBytes(spec);
            long[] measured = Measure(spec, threads);
            var plan = ModelPlanner.Plan(spec, Classes);
            Console.WriteLine($"RAW {spec.Training.BatchSize} {plan.InputShape.Aggregate(1L, (a, b) => a * b) * 4} {plan.Layers.Sum(l => l.ActivationBytes)} {plan.Layers.Max(l => 4 * l.OutputShape.Aggregate(1L, (a, b) => a * b))} {plan.FixedBytes(spec.Optimizer)} {plan.Parameters * 4} {measured[0]} {name}");
            ratios.Add((double)estimate / measured[0]);
            growths.Add(measured[2] - measured[1]);
            Report.Line($"{name,-34} estimate {estimate / 1048576.0,6:0} MiB, peak {measured[0] / 1048576.0,6:0} MiB, ratio {ratios[^1]:0.00}, from step 2 to {Steps} {growths[^1] / 1048576.0:+0.0;-0.0} MiB");
        }

        Report.Line($"{ratios.Count} configurations: estimate over peak {ratios.Min():0.00} to {ratios.Max():0.00}; {ratios.Count(r => r is >= 0.85 and <= 1.15)} within 15 %");
        return 0;
    }

    private static long[] Measure(RunSpec spec, int threads)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(MemoryBenchmark).Assembly.Location);
        foreach (string argument in (string[])["memory-of-one", "--threads", threads.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(JsonSerializer.Serialize(spec, LabJson.Options));
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
    }

    private static TrainingJob Job(RunSpec spec, string folder, Action<WorkerEvent> emit)
    {
        int train = Steps * spec.Training.BatchSize * spec.Training.Accumulation;
        return new TrainingJob
        {
            Spec = spec,
            Manifest = new DatasetManifest
            {
                Name = "noise",
                Layout = "memory",
                Root = "/nowhere",
                Classes = [.. Enumerable.Range(0, Classes).Select(k => $"class {k}")],
                Samples = [.. Enumerable.Range(0, train + spec.Training.BatchSize).Select(i => Sample(i, i < train ? Split.Train : Split.Validation))],
            },
            Read = (sample, epoch, _, clip) =>
            {
                new Random(HashCode.Combine(sample, epoch)).NextBytes(clip);
                return spec.Data.ClipLength;
            },
            Output = folder,
            Emit = emit,
        };
    }

    private static Sample Sample(int index, Split split) => new()
    {
        Path = $"{index}",
        Label = index % Classes,
        Split = split,
        Frames = 32,
        FrameRate = 25,
        Width = 64,
        Height = 64,
        Sha256 = $"{index:x64}",
    };

    /// <summary>Without mapped files, as the estimate is meant.</summary>
    private static long Private(string field) => StatusBytes(field) - StatusBytes("RssFile") - StatusBytes("RssShmem");

    private static long StatusBytes(string field) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
