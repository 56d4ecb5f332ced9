using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LrcnLab.Core.Specs;

namespace LrcnLab.Benchmarks;

/// <summary>PyTorch in a process of its own, with the same model and threads. It waits while we compute, and the other way round.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(Process process, string version) => (_process, Version) = (process, version);

    /// <summary>Of PyTorch.</summary>
    public string Version { get; }

    /// <returns>Null, with a sentence on standard error, when there is no Python with PyTorch.</returns>
    /// <param name="like">Whose clips and network are used.</param>
    /// <param name="classes">K</param>
    /// <param name="threads">Of the CPU.</param>
    /// <param name="channelsLast">In memory; known networks only.</param>
    public static Peer? Start(RunSpec like, int classes, int threads, bool channelsLast = false)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("LRCNLAB_PYTHON") is { Length: > 0 } named ? named : "/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "pytorch_peer.py"), "--threads", Text(threads), "--clips", Text(like.Training.BatchSize), "--frames", Text(like.Data.ClipLength), "--size", Text(like.Data.Width), "--classes", Text(classes),
            "--network", like.Model.Backbone.Network == BackboneNetwork.Own ? "seed" : SpecField.Word(like.Model.Backbone.Network), .. channelsLast ? (string[])["--channels-last"] : []])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() is string line)
            return new Peer(process, JsonDocument.Parse(line).RootElement.GetProperty("torch").GetString()!);
        Console.Error.WriteLine("There is no PyTorch to compare with: install python3-torch and libopenblas0-pthread, or name a Python in LRCNLAB_PYTHON.");
        process.Dispose();
        return null;
    }

    /// <summary>Milliseconds of each of <paramref name="count"/> repetitions of a command of <c>pytorch_peer.py</c>.</summary>
    public double[] Run(string command, int count)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{command} {count}"));
        return JsonSerializer.Deserialize<double[]>(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("PyTorch ended."))!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
