using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Training;
using LrcnLab.Training.Clips;

namespace LrcnLab.Benchmarks;

/// <summary>Peak memory of whole small runs, each in a process of its own, against what the form says before launch.</summary>
internal static class MemoryBenchmark
{
    private const int Classes = 12;
    private const int Steps = 12;

    /// <summary>Runs one specification, read from standard input, and prints its resident memory in bytes: the peak, then the most after a step of the first and of the second half.</summary>
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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Private("VmHWM")} {resident[..(Steps / 2)].Max()} {resident[(Steps / 2)..].Max()}"));
        return 0;
    }

    /// <param name="threads">CPU threads of each run.</param>
    /// <param name="only">Part of the names of the configurations to measure; null for all.</param>
    public static int Run(int threads, string? only)
    {
        List<double> ratios = [];
        foreach (var (name, spec) in MemoryCases.All().Concat(MemoryCases.Unseen()).Where(c => only is null || c.Name.Contains(only, StringComparison.Ordinal)))
        {
            long estimate = ModelPlanner.Plan(spec, Classes).MemoryBytes(spec);
            long[] measured = Measure(spec, threads);
            ratios.Add((double)estimate / measured[0]);
            Report.Line($"{name,-40} estimate {Mebibytes(estimate)}, peak {Mebibytes(measured[0])}, ratio {ratios[^1]:0.00}, held after steps 1 to {Steps / 2} {Mebibytes(measured[1])}, to {Steps} {Mebibytes(measured[2])}");
        }

        Report.Line($"{ratios.Count} configurations: estimate over peak {ratios.Min():0.00} to {ratios.Max():0.00}; {ratios.Count(r => r is >= 0.85 and <= 1.15)} within 15 %");
        return 0;
    }

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0,5:0} MiB");

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
            Clips = new ClipSource((sample, epoch, _, clip) =>
            {
                new Random(HashCode.Combine(sample, epoch)).NextBytes(clip);
                return spec.Data.ClipLength;
            }, spec.Data.ClipBytes()),
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
