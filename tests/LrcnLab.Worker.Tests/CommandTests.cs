using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Worker.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("describe")]
    [InlineData("probe")]
    [InlineData("weights")]
    [InlineData("import")]
    [InlineData("prepare")]
    [InlineData("clips")]
    [InlineData("devices")]
    public async Task Help_OfEveryCommand_ExplainsItself(string command)
    {
        var (exit, lines, _) = await WorkerProcess.RunAsync(command, "--help");

        Assert.Equal(0, exit);
        Assert.Contains(lines, l => l.Contains("--json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task UnknownOption_OfACommand_IsNamedAndExitsWith2()
    {
        var (exit, lines, errors) = await WorkerProcess.RunAsync("describe", "spec.json", "--clases", "3");

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Empty(lines);
        Assert.Contains("--clases", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_OfAFileThatHoldsNone_SaysWhyAndExitsWith2()
    {
        using var work = new Workspace();

        var (exit, lines, errors) = await WorkerProcess.RunAsync("weights", work.SpecPath, "--json");

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Empty(lines);
        Assert.Contains("safetensors", errors, StringComparison.Ordinal);
        Assert.Equal(WorkerProtocol.ExitBadInput, (await WorkerProcess.RunAsync("weights", "/no/such/file")).ExitCode);
    }

    [Fact]
    public async Task Describe_WithJson_PrintsTheSummary()
    {
        using var work = new Workspace();
        var (exit, lines, _) = await WorkerProcess.RunAsync("describe", work.SpecPath, "--classes", "3", "--json");
        JsonElement summary = JsonDocument.Parse(string.Join('\n', lines)).RootElement;

        Assert.Equal(0, exit);
        Assert.Equal("conv1", summary.GetProperty("layers")[0].GetProperty("name").GetString());
        Assert.Equal(summary.GetProperty("parameters").GetInt64() - 32, summary.GetProperty("trainableParameters").GetInt64());
    }

    [Fact]
    public async Task Describe_OfAPresetsName_NeedsNoFile()
    {
        var (exit, lines, _) = await WorkerProcess.RunAsync("describe", "keras-post", "--classes", "101", "--json");

        Assert.Equal(0, exit);
        Assert.Contains("4375685", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Devices_WithJson_ListsTheCpu()
    {
        var (exit, lines, _) = await WorkerProcess.RunAsync("devices", "--json");

        Assert.Equal(0, exit);
        Assert.Equal("cpu", JsonDocument.Parse(string.Join('\n', lines)).RootElement[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task ImportPrepareTrainEvaluate_OneAfterTheOther_AgreeOnTheResult()
    {
        using var work = new Workspace();
        string data = Path.Combine(work.Output, "data"), prepared = Path.Combine(work.Output, "frames"), run = Path.Combine(work.Output, "run");
        Assert.Equal(0, (await WorkerProcess.RunAsync("import", work.Videos, "--name", "bars", "--output", data)).ExitCode);
        Assert.Equal(0, (await WorkerProcess.RunAsync("prepare", work.SpecPath, "--data", data, "--prepared", prepared)).ExitCode);
        var trained = await WorkerProcess.RunAsync("train", work.SpecPath, "--data", data, "--prepared", prepared, "--output", run);
        CheckpointEvent last = Workspace.AssertEvents(trained.Lines).OfType<CheckpointEvent>().Last(c => c.Kind == "last");
        var (exit, lines, errors) = await WorkerProcess.RunAsync("evaluate", Path.Combine(run, last.File), "--data", data, "--prepared", prepared, "--split", "validation");

        Assert.Equal("", errors);
        Assert.Equal(0, exit);
        MetricEvent measured = Workspace.AssertEvents(lines).OfType<MetricEvent>().Single();
        Assert.Equal(last.Metrics["validation/accuracy_top1"], measured.Values["validation/accuracy_top1"]);
        Assert.Equal(last.Metrics["validation/loss"], measured.Values["validation/loss"], 1e-5);
    }

    [Fact]
    public async Task Evaluate_OfADamagedCheckpoint_IsRefused()
    {
        using var work = new Workspace();
        var (exit, _, errors) = await WorkerProcess.RunAsync("evaluate", work.SpecPath, "--data", work.Videos);

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Contains("damaged", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_MeasuresAStep_WithoutAnyData()
    {
        var (exit, lines, errors) = await WorkerProcess.RunAsync("probe", "quick-start", "--classes", "8", "--set", "training.batchSize=2", "--json");

        Assert.True(exit == 0, string.Join('\n', errors));
        StepCost cost = JsonSerializer.Deserialize<StepCost>(string.Concat(lines), LabJson.Options)!;
        Assert.True(cost is { SecondsPerStep: > 0 and < 60, Device: "cpu" }, cost.ToString());
        if (OperatingSystem.IsLinux())
            Assert.True(cost.PeakBytes > 20 << 20, cost.ToString());
    }
}
