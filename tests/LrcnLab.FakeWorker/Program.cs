using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.FakeWorker;

// Speaks the worker's protocol without training anything. How it behaves is the name of the data set: normal, long, garbage, silent, abort, deaf, fail, exit, exit-0, lie, large, hungry, children, torrent, guarded.
string Option(string name) => args[Array.IndexOf(args, name) + 1];
if (args[0] == "devices")
{
    Console.WriteLine(Environment.GetEnvironmentVariable("LRCNLAB_FAKE_DEVICES") is { Length: > 0 } list
        ? File.ReadAllText(list)
        : """[{"id":"cpu","kind":"cpu","name":"Fake processor","cores":4,"memoryBytes":34359738368}]""");
    return WorkerProtocol.ExitDone;
}

if (args[0] == "import")
{
    string name = Option("--name");
    if (name == "broken")
    {
        Console.Error.WriteLine("The folder has no classes.");
        return WorkerProtocol.ExitBadInput;
    }

    if (name == "slow")
    {
        Console.WriteLine(new ProgressEvent { Sequence = 1, Stage = "reading", Done = 1, Total = 2 }.ToLine());
        await Task.Delay(Timeout.Infinite);
    }

    var sample = new Sample { Path = "a/1.avi", Label = 0, Split = Split.Train, Frames = 8, FrameRate = 12, Width = 16, Height = 12, Sha256 = new string('a', 64) };
    string[] classes = [.. Directory.EnumerateDirectories(args[1]).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];
    var manifest = new DatasetManifest { Name = name, Layout = "folder-per-class", Root = args[1], Classes = classes, Samples = [sample, sample with { Path = "b/1.avi", Label = 1 }] };
    File.WriteAllText(Path.Combine(Option("--output"), WorkerProtocol.ManifestFile), JsonSerializer.Serialize(manifest, LabJson.Options));
    Console.WriteLine(new ProgressEvent { Sequence = 1, Stage = "reading", Done = 2, Total = 2 }.ToLine());
    return WorkerProtocol.ExitDone;
}

string output = Option("--output");
string behaviour = SpecText.Parse(File.ReadAllText(args[1])).Spec!.Data.Dataset;
File.AppendAllText(Path.Combine(output, "starts.txt"), $"{Environment.ProcessId}\n");
File.AppendAllText(Path.Combine(output, "environments.txt"), $"{Environment.ProcessorCount} {Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")}\n");
if (behaviour == "exit")
{
    Console.Error.WriteLine("first words");
    Console.Error.WriteLine("no such device: \u001b[31mcuda:7\u001b[0m");
    return 7;
}

if (!args.Contains("--resume") && File.Exists(Path.Combine(output, WorkerProtocol.JournalFile)))
{
    Console.Error.WriteLine($"{output} holds a run already.");
    return WorkerProtocol.ExitBadInput;
}

using var events = new EventWriter(output);
var wish = new Wish(deaf: behaviour == "deaf");
if (behaviour == "preparing")
{
    events.Write(new ProgressEvent { Stage = "computing features", Done = 3, Total = 4 });
    while (wish.Asked is null)
        await Task.Delay(20);
    events.Write(new DoneEvent { Outcome = wish.Asked.Value });
    return WorkerProtocol.ExitStopped;
}

long Step(string checkpoint) => long.Parse(File.ReadAllText(Option(checkpoint)), CultureInfo.InvariantCulture);
long start = args.Contains("--resume") && args[^1] != "--resume" ? Step("--resume") : args.Contains("--fork") ? Step("--fork") : 0;
long steps = args.FirstOrDefault(a => a.StartsWith("training.epochs=", StringComparison.Ordinal)) is string epochs ? 20 * long.Parse(epochs["training.epochs=".Length..], CultureInfo.InvariantCulture)
    : behaviour is "normal" or "garbage" or "lie" or "exit-0" or "children" ? 60 : 1_000_000;
events.Write(new StartedEvent { Device = "cpu", Threads = 1, Precision = Precision.Float32, Versions = new Dictionary<string, string> { ["fake"] = "1" }, Classes = ["a", "b"], Steps = steps, StepsPerEpoch = 20, ResumedAtStep = start });
events.Write(new LogEvent { Level = LogLevel.Information, Message = "Hello.\u0007" });
if (behaviour == "garbage")
    Misbehave.Shout();

for (long step = start + 1; step <= steps; step++)
{
    if (behaviour == "garbage" && step == 30)
        events.WriteJournalOnly = true;
    events.Write(new MetricEvent { Step = step, Epoch = step / 20.0, Values = new Dictionary<string, double> { ["train/loss"] = step == 7 ? double.NaN : 1.0 / step, ["train/accuracy_top1"] = step / 1e6 } });
    events.WriteJournalOnly = false;
    if (step % 20 == 0)
    {
        events.Write(new ConfusionMatrixEvent { Epoch = (int)(step / 20), Split = "validation", Counts = [[3, 1], [0, (int)step]] });
        if (behaviour == "large" && !Misbehave.TryWriteMuch(Path.Combine(output, "much.tmp")))
        {
            events.Write(new DoneEvent { Outcome = Outcome.Failed, Reason = "The disk is full." });
            return WorkerProtocol.ExitFault;
        }

        events.Write(Checkpoint(step));
    }

    events.Write(new CheckInEvent { Step = step, Steps = steps, Epoch = (int)((step - 1) / 20) + 1, Epochs = (int)(steps / 20), Stage = "training", SecondsLeft = 1, ExpectNextInSeconds = behaviour == "silent" ? 0.2 : 30 });
    if (behaviour == "silent" && step == 5)
        await Task.Delay(Timeout.Infinite);
    if (behaviour == "abort" && step == 25)
        Environment.FailFast("native abort");
    if (behaviour == "fail" && step == 5)
    {
        events.Write(new DoneEvent { Outcome = Outcome.Failed, Reason = "CUDA out of memory." });
        return WorkerProtocol.ExitFault;
    }

    if (wish.Asked is Outcome outcome)
    {
        events.Write(Checkpoint(step));
        events.Write(new DoneEvent { Outcome = outcome });
        return WorkerProtocol.ExitStopped;
    }

    if (behaviour == "guarded" && step == 5)
        events.Write(new GuardEvent { Rule = 0, Action = GuardAction.Notify, Message = "The guard took notice.", Step = step });
    if (behaviour == "guarded" && step == 8)
    {
        events.Write(new GuardEvent { Rule = 1, Action = GuardAction.Pause, Message = "The guard paused the run.", Step = step });
        events.Write(Checkpoint(step));
        events.Write(new DoneEvent { Outcome = Outcome.Paused, Reason = "The guard paused the run." });
        return WorkerProtocol.ExitDone;
    }

    if (behaviour == "hungry" && step == 25)
        await Misbehave.EatAsync();
    if (behaviour == "children" && step == 10)
        Misbehave.LeaveAChild(output);
    if (behaviour == "torrent" && step == 5)
        Misbehave.Pour();
    if (behaviour == "exit-0" && step == 25)
        return WorkerProtocol.ExitDone;

    await Task.Delay(behaviour is "normal" ? 5 : 10);
}

events.Write(new DoneEvent { Outcome = Outcome.Completed });
return WorkerProtocol.ExitDone;

CheckpointEvent Checkpoint(long step)
{
    byte[] content = Encoding.UTF8.GetBytes(step.ToString(CultureInfo.InvariantCulture));
    string file = behaviour == "lie" && step == 40 ? "../outside" : $"{WorkerProtocol.CheckpointFolder}/last-{step:D10}";
    Directory.CreateDirectory(Path.Combine(output, WorkerProtocol.CheckpointFolder));
    File.WriteAllBytes(Path.Combine(output, file), content);
    string sha256 = Convert.ToHexStringLower(SHA256.HashData(behaviour == "lie" ? [.. content, 0] : content));
    return new CheckpointEvent
    {
        Kind = "last",
        Epoch = (int)(step / 20),
        Step = step,
        File = file,
        Bytes = content.Length,
        Sha256 = sha256,
        WeightsBytes = 1,
        WeightsSha256 = sha256,
        Metrics = new Dictionary<string, double> { ["train/loss"] = double.NaN },
    };
}
