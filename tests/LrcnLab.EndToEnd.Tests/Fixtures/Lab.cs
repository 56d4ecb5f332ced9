using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Lab))]
[assembly: AssemblyFixture(typeof(Browser))]
// One installation with one slot, and perhaps two cores: tests take turns.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>One installation that most tests share: fresh data folder, sample imported at first use, restarted when a test asks for it.</summary>
public sealed class Lab : IAsyncDisposable
{
    private static readonly TimeSpan TrainingLimit = TimeSpan.FromMinutes(10);

    private readonly string _data = TestPaths.NewFolder("data");
    private readonly List<(string Name, Guid Id)> _trained = [];
    private LabProcess? _process;

    /// <summary>Folder from which pages and API may import.</summary>
    public string ImportRoot { get; } = TestPaths.NewFolder("videos");

    public string DataFolder => _data;

    /// <summary>Says what a driver's tool says of two GPUs, one of which cannot tell its load.</summary>
    public static string DriverTool { get; } = WriteDriverTool();

    /// <summary>A specification that learns something of the sample within a minute on two cores.</summary>
    public static JsonObject SmallSpec(int epochs, int seed = 1) => new()
    {
        ["data"] = new JsonObject { ["dataset"] = "moving-garments", ["clipLength"] = 8, ["width"] = 32, ["height"] = 32, ["color"] = "gray", ["normalization"] = "per-clip" },
        ["model"] = new JsonObject
        {
            ["backbone"] = new JsonObject
            {
                ["convolutions"] = new JsonArray(
                    new JsonObject { ["filters"] = 8, ["kernel"] = 5, ["stride"] = 2, ["pool"] = 2 },
                    new JsonObject { ["filters"] = 16, ["pool"] = 2 }),
                ["normalization"] = "batch",
            },
            ["sequence"] = new JsonObject { ["hidden"] = 32 },
        },
        ["optimizer"] = new JsonObject { ["learningRate"] = 0.003 },
        ["training"] = new JsonObject { ["epochs"] = epochs, ["batchSize"] = 16, ["seed"] = seed },
    };

    public async Task<LabProcess> GetAsync(CancellationToken cancel)
    {
        _process ??= await LabProcess.StartAsync(_data, cancel, $"--Lab:ImportRoots:0={ImportRoot}", "--Lab:SystemMetricsInterval=00:00:01", $"--Lab:NvidiaSmi={DriverTool}");
        Assert.False(_process.HasExited, $"The program ended by itself:\n{_process.Output}");
        return _process;
    }

    /// <summary>The program, with its sample data set imported.</summary>
    public async Task<LabProcess> WithSampleAsync(CancellationToken cancel)
    {
        LabProcess lab = await GetAsync(cancel);
        await LabApi.WaitAsync(
            async () => (await lab.Api.ItemsAsync("datasets", cancel)).FirstOrDefault(d => d!["name"]!.GetValue<string>() == "moving-garments"),
            TimeSpan.FromMinutes(3), "the sample data set", cancel);
        return lab;
    }

    /// <summary>Ids of runs that have completed; trained at first use.</summary>
    public async Task<IReadOnlyList<Guid>> CompletedRunsAsync(int count, CancellationToken cancel)
    {
        LabProcess lab = await WithSampleAsync(cancel);
        while (_trained.Count < count)
        {
            int number = _trained.Count + 1;
            JsonObject spec = SmallSpec(epochs: 2, seed: number);
            spec["model"]!["sequence"]!["hidden"] = 24 + 8 * number;
            string name = $"completed-{number}";
            _trained.Add((name, await lab.Api.CreateRunAsync(name, spec, cancel)));
        }

        foreach ((string _, Guid id) in _trained)
            await lab.Api.WaitForStateAsync(id, TrainingLimit, cancel, "completed");
        return [.. _trained.Take(count).Select(t => t.Id)];
    }

    private static string WriteDriverTool()
    {
        string file = Path.Combine(TestPaths.NewFolder("driver"), "nvidia-smi");
        File.WriteAllText(file, "#!/bin/sh\nprintf '0, GPU-1f2e, NVIDIA A100-SXM4-40GB, 97, 30211, 40960, 64, 301.52\\n1, GPU-2e3d, Tesla K80, [N/A], 11, 11441, 33, [N/A]\\n'\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    /// <summary>Ends the program and starts it again on the same data.</summary>
    public async Task<LabProcess> RestartAsync(CancellationToken cancel)
    {
        LabProcess lab = await GetAsync(cancel);
        await lab.StopAsync(cancel);
        await lab.DisposeAsync();
        _process = null;
        return await GetAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
        Directory.Delete(ImportRoot, recursive: true);
    }
}
