using System.Security.Cryptography;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using Xunit;

namespace LrcnLab.Worker.Tests;

public sealed class TrainTests
{
    [Fact]
    public async Task Train_OnAFolderOfVideos_PrintsNothingButEventsAndLeavesTheFiles()
    {
        using var work = new Workspace();
        var (exit, lines, errors) = await WorkerProcess.RunAsync("train", work.SpecPath, "--output", work.Output);

        Assert.Equal(WorkerProtocol.ExitDone, exit);
        Assert.Equal("", errors);
        WorkerEvent[] events = Workspace.AssertEvents(lines);
        Assert.Equal(lines, File.ReadAllLines(Path.Combine(work.Output, "events.jsonl")));
        Assert.Equal(["left", "right", "still"], events.OfType<StartedEvent>().Single().Classes);
        Assert.Equal(9, events.OfType<MetricEvent>().Count(m => m.Values.ContainsKey(MetricKeys.TrainLoss)));
        Assert.Equal(Outcome.Completed, Assert.IsType<DoneEvent>(events[^1]).Outcome);
        Assert.False(File.Exists(Path.Combine(work.Output, "best-weights.safetensors")));
        CheckpointEvent last = events.OfType<CheckpointEvent>().Last(c => c.Kind == "last");
        byte[] file = File.ReadAllBytes(Path.Combine(work.Output, last.File));
        Assert.Equal(last.Sha256, Convert.ToHexStringLower(SHA256.HashData(file)));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(work.Output, "checkpoints")).Length);
        Assert.All(events.OfType<PredictionsEvent>(), p => Assert.Equal(6, File.ReadAllLines(Path.Combine(work.Output, p.File)).Length));
        Assert.True(File.Exists(Path.Combine(work.Output, "spec.json")));
    }

    [Fact]
    public async Task Train_WithThreeWrongFields_NamesThemAllAndExitsWith2()
    {
        using var work = new Workspace();
        work.WriteSpec("""{"data":{"clipLength":0},"optimizer":{"learningRate":-1},"trainng":{}}""");
        var (exit, lines, errors) = await WorkerProcess.RunAsync("train", work.SpecPath, "--output", work.Output);

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Empty(lines);
        Assert.Contains("data.clipLength", errors, StringComparison.Ordinal);
        Assert.Contains("optimizer.learningRate", errors, StringComparison.Ordinal);
        Assert.Contains("\"training\"", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(work.Output));
    }

    [Fact]
    public async Task Resume_AfterAKill_ContinuesSequenceAndCompletes()
    {
        using var work = new Workspace(epochs: 200);
        using (WorkerProcess killed = WorkerProcess.Start("train", work.SpecPath, "--output", work.Output))
        {
            killed.WaitFor<CheckpointEvent>(c => c.Step >= 4);
            killed.Kill();
            await killed.ExitAsync();
        }

        await File.AppendAllTextAsync(Path.Combine(work.Output, "events.jsonl"), "{\"type\":\"metr", TestContext.Current.CancellationToken);
        long known = File.ReadAllLines(Path.Combine(work.Output, "events.jsonl"))[..^1].Length;
        work.WriteSpec(Core.Specs.SpecText.ToJson(work.Spec with { Training = work.Spec.Training with { Epochs = 3 } }));
        var (exit, lines, errors) = await WorkerProcess.RunAsync("train", work.SpecPath, "--output", work.Output, "--resume");

        Assert.Equal("", errors);
        Assert.Equal(WorkerProtocol.ExitDone, exit);
        WorkerEvent[] events = Workspace.AssertEvents(lines, first: known + 1);
        Assert.True(events.OfType<StartedEvent>().Single().ResumedAtStep >= 4);
        Workspace.AssertEvents(File.ReadAllLines(Path.Combine(work.Output, "events.jsonl")));
    }

    [Fact]
    public async Task Stop_OnStandardInput_KeepsACheckpointAndExitsWith3()
    {
        using var work = new Workspace(epochs: 10_000);
        using WorkerProcess worker = WorkerProcess.Start("train", work.SpecPath, "--output", work.Output);
        worker.WaitFor<MetricEvent>();
        worker.Write(WorkerProtocol.Stop);
        DoneEvent done = worker.WaitFor<DoneEvent>();

        Assert.Equal(Outcome.Stopped, done.Outcome);
        Assert.Equal(WorkerProtocol.ExitStopped, await worker.ExitAsync());
        CheckpointEvent last = work.Journal.OfType<CheckpointEvent>().Last(c => c.Kind == "last");
        Assert.Equal(work.Journal.OfType<MetricEvent>().Max(m => m.Step), last.Step);
        Assert.True(File.Exists(Path.Combine(work.Output, last.File)));
    }

    [Fact]
    public async Task EndOfInput_WhenSupervised_Pauses()
    {
        using var work = new Workspace(epochs: 10_000);
        using WorkerProcess worker = WorkerProcess.Start("train", work.SpecPath, "--output", work.Output, "--supervised");
        worker.WaitFor<MetricEvent>();
        worker.CloseInput();

        Assert.Equal(Outcome.Paused, worker.WaitFor<DoneEvent>().Outcome);
        Assert.Equal(WorkerProtocol.ExitDone, await worker.ExitAsync());
    }

    [Fact]
    public async Task EndOfInput_OfAPerson_ChangesNothing()
    {
        using var work = new Workspace(epochs: 1);
        using WorkerProcess worker = WorkerProcess.Start("train", work.SpecPath, "--output", work.Output);
        worker.CloseInput();

        Assert.Equal(Outcome.Completed, worker.WaitFor<DoneEvent>().Outcome);
        Assert.Equal(WorkerProtocol.ExitDone, await worker.ExitAsync());
    }

    [Fact]
    public async Task Train_IntoAFolderThatHoldsARun_IsRefused()
    {
        using var work = new Workspace(epochs: 1);
        await WorkerProcess.RunAsync("train", work.SpecPath, "--output", work.Output);
        var (exit, lines, errors) = await WorkerProcess.RunAsync("train", work.SpecPath, "--output", work.Output);

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Empty(lines);
        Assert.Contains("--resume", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_IntoAFolderThatCannotBe_SaysSoOnce()
    {
        using var work = new Workspace(epochs: 1);
        var (exit, _, errors) = await WorkerProcess.RunAsync("train", work.SpecPath, "--output", Path.Combine(work.SpecPath, "inside"));

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Contains("cannot be written", errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n'));
    }

    [Fact]
    public async Task Train_WithoutData_SaysWhereItLooked()
    {
        using var work = new Workspace();
        work.WriteSpec(Core.Specs.SpecText.ToJson(work.Spec with { Data = work.Spec.Data with { Dataset = "nowhere" } }));
        var (exit, lines, errors) = await WorkerProcess.RunAsync("train", work.SpecPath, "--output", work.Output);

        Assert.Equal(WorkerProtocol.ExitBadInput, exit);
        Assert.Contains("nowhere", errors, StringComparison.Ordinal);
        Assert.Equal(Outcome.Failed, Assert.IsType<DoneEvent>(Workspace.AssertEvents(lines)[^1]).Outcome);
    }

    [Fact]
    public async Task Train_FromWeightsOfAnotherRun_StartsWhereThatEnded()
    {
        using Workspace first = new(epochs: 12), second = new(epochs: 1);
        await WorkerProcess.RunAsync("train", first.SpecPath, "--output", first.Output);
        string archive = Path.Combine(first.Output, first.Journal.OfType<CheckpointEvent>().Last(c => c.Kind == "last").File);
        string weights = Path.Combine(first.Output, "unpacked", "weights.safetensors");
        await System.IO.Compression.ZipFile.ExtractToDirectoryAsync(archive, Path.Combine(first.Output, "unpacked"), TestContext.Current.CancellationToken);
        string[] train = ["train", second.SpecPath, "--set", "optimizer.learningRate=1e-8", "--set", "optimizer.kind=sgd"];
        var (exit, _, errors) = await WorkerProcess.RunAsync([.. train, "--output", second.Output, "--weights", weights]);
        Assert.True(exit == WorkerProtocol.ExitDone, errors);
        Assert.Contains(second.Journal.OfType<LogEvent>(), l => l.Message.Contains("starts from the weights of weights.safetensors, SHA-256", StringComparison.Ordinal));
        Assert.Equal(ValidationLoss(first), ValidationLoss(second), 1e-4);

        var (unnamed, told, _) = await WorkerProcess.RunAsync([.. train, "--set", "model.weights=taught", "--output", Path.Combine(second.Output, "named")]);
        Assert.Equal(WorkerProtocol.ExitBadInput, unnamed);
        Assert.Contains("give the file with --weights", Assert.IsType<DoneEvent>(Workspace.AssertEvents(told)[^1]).Reason, StringComparison.Ordinal);

        // Another memory begins at random; another backbone is another model.
        var (wider, lines, _) = await WorkerProcess.RunAsync([.. train, "--set", "model.sequence.hidden=9", "--output", Path.Combine(second.Output, "wider"), "--weights", weights]);
        Assert.Equal(WorkerProtocol.ExitDone, wider);
        Assert.Contains(Workspace.AssertEvents(lines).OfType<LogEvent>(), l => l.Message.Contains("begin at random, being of another shape there: lstm.weight_ih_l0", StringComparison.Ordinal));
        var (refused, ended, _) = await WorkerProcess.RunAsync([.. train, "--set", "model.backbone.normalization=group", "--output", Path.Combine(second.Output, "other"), "--weights", weights]);
        Assert.Equal(WorkerProtocol.ExitBadInput, refused);
        Assert.Contains("gn1.weight", Assert.IsType<DoneEvent>(Workspace.AssertEvents(ended)[^1]).Reason, StringComparison.Ordinal);
    }

    private static double ValidationLoss(Workspace work) => work.Journal.OfType<MetricEvent>().Last(m => m.Values.ContainsKey(MetricKeys.ValidationLoss)).Values[MetricKeys.ValidationLoss];
}
