using System.CommandLine;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using LrcnLab.Training;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Features;
using static TorchSharp.torch;

namespace LrcnLab.Worker.Commands;

/// <summary><c>train SPEC --output DIR</c>: one attempt of a run.</summary>
internal static class TrainCommand
{
    private sealed record Arguments(string Spec, IReadOnlyList<string> Set, string Output, string? Data, string? Prepared, bool Resume, string? Checkpoint, string? Fork, string? Best, string? Weights, bool Json, bool Supervised);

    public static Command Create()
    {
        var spec = new Argument<string>("SPEC") { Description = CommonOptions.SpecDescription };
        var set = CommonOptions.Set();
        var output = new Option<string>("--output") { Description = "Folder for journal, checkpoints and predictions; created when missing.", Required = true, HelpName = "DIR" };
        var data = CommonOptions.Data();
        var prepared = new Option<string?>("--prepared") { Description = "Folder of prepared frames, shared by runs. Default: prepared within the output folder.", HelpName = "DIR" };
        var resume = new Option<string?>("--resume") { Description = "Continue from this checkpoint, or without a value from the newest one in the output folder.", Arity = ArgumentArity.ZeroOrOne, HelpName = "CHECKPOINT" };
        var fork = new Option<string?>("--fork") { Description = "Begin with this checkpoint of another run, whose model is the same: steps, epochs and the optimizer's memory go on; other settings may differ. A resumed run has a checkpoint of its own.", HelpName = "CHECKPOINT" };
        var best = new Option<string?>("--best") { Description = "The best checkpoint so far, for the test at the end, where the output folder does not hold its weights any more.", HelpName = "CHECKPOINT" };
        var weights = new Option<string?>("--weights") { Description = "Start from the weights of this file instead of random ones: safetensors with this program's, public or Keras' names, .pth of PyTorch, or a checkpoint of a run. The backbone has to be there whole; a resumed run has its own.", HelpName = "FILE" };
        var supervised = new Option<bool>("--supervised") { Description = "A supervisor reads the events, takes announced files away, and pauses the run by closing standard input." };
        var json = CommonOptions.Json();
        var command = new Command("train", "Trains a run and prints its events. Asked to stop by Ctrl-C, SIGTERM or the line \"stop\" on standard input; \"pause\" keeps it for later.") { spec, set, output, data, prepared, resume, fork, best, weights, supervised, json };
        command.SetAction((parsed, cancel) => RunAsync(
            new Arguments(
                parsed.GetRequiredValue(spec), parsed.GetValue(set) ?? [], parsed.GetRequiredValue(output), parsed.GetValue(data), parsed.GetValue(prepared),
                parsed.GetResult(resume) is not null, parsed.GetValue(resume), parsed.GetValue(fork), parsed.GetValue(best), parsed.GetValue(weights), parsed.GetValue(json), parsed.GetValue(supervised)),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancel)
    {
        if (await SpecFile.ReadAsync(arguments.Spec, arguments.Set, cancel) is not RunSpec spec)
            return WorkerProtocol.ExitBadInput;
        string journal = Path.Combine(arguments.Output, WorkerProtocol.JournalFile);
        try
        {
            Directory.CreateDirectory(arguments.Output);
            if (!arguments.Resume && File.Exists(journal))
            {
                await Console.Error.WriteLineAsync($"{arguments.Output} holds a run already: continue it with --resume, or name another folder.");
                return WorkerProtocol.ExitBadInput;
            }

            AtomicFile.Write(Path.Combine(arguments.Output, WorkerProtocol.SpecFile), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(SpecText.ToJson(spec))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The output folder {arguments.Output} cannot be written: {e.Message}");
            return WorkerProtocol.ExitBadInput;
        }

        bool completed = false;
        int exitCode = await Session.RunAsync(arguments.Json, arguments.Supervised, journal, session =>
        {
            Ending ending = Train(session, arguments, spec);
            completed = ending.Outcome == Outcome.Completed;
            return ending;
        });
        if (exitCode == WorkerProtocol.ExitDone && completed)
            new RunFiles(arguments.Output).DropBestWeights();
        return exitCode;
    }

    private static Ending Train(Session session, Arguments arguments, RunSpec spec)
    {
        TorchRuntime.Start(spec.Resources.Threads);
        var (device, noDevice) = TorchRuntime.Select(spec.Resources.Device);
        if (device is null)
            return Ending.Refused(noDevice!);
        var (manifest, noData) = DatasetSource.Load(session, arguments.Data, spec.Data, arguments.Spec, arguments.Output);
        if (manifest is null)
            return Ending.Refused(noData!);
        // A server has asked before it queued the run.
        if (DatasetTask.Of(manifest) != DatasetTask.ActivityRecognition)
            return Ending.Refused($"{manifest.Name} has sentences and no classes, and activity recognition needs classes: choose a data set with at least two.");
        if (!spec.Data.AllowLeaks && !arguments.Supervised && !arguments.Resume && LeakGuard.Check(manifest) is { IsLeaking: true } leaks)
            return Ending.Refused($"{leaks.Refusal($"the data set {manifest.Name}")} To train on it all the same: --set data.allowLeaks=true");

        var files = new RunFiles(arguments.Output);
        string? path = arguments.Checkpoint ?? (arguments.Resume ? files.NewestLast() : null);
        var (checkpoint, refusal) = path is null ? (null, null) : Checkpoint.Read(path);
        using (checkpoint)
        {
            if (refusal is not null)
                return Ending.Refused(refusal);
            var (parent, noParent) = arguments.Fork is null || checkpoint is not null ? (null, null) : Checkpoint.Read(arguments.Fork);
            using Checkpoint? fork = parent;
            if (noParent is not null)
                return Ending.Refused(noParent);
            if (arguments.Resume && path is null)
                session.Emit(new LogEvent { Level = LogLevel.Information, Message = "There is no checkpoint yet: the run starts from its beginning." });
            if (spec.Model.Weights.Length > 0 && arguments.Weights is null && checkpoint is null && fork is null)
                return Ending.Refused($"model.weights names \"{spec.Model.Weights}\", which only a server knows: give the file with --weights.");
            var (weights, unfit) = arguments.Weights is null || checkpoint is not null || fork is not null ? (null, null) : InitialWeights.Read(arguments.Weights, spec, manifest.Classes.Count);
            using (weights)
                return unfit is not null ? Ending.Refused(unfit) : Train(session, arguments, spec, manifest, checkpoint, fork, weights, device);
        }
    }

    private static Ending Train(Session session, Arguments arguments, RunSpec spec, DatasetManifest manifest, Checkpoint? checkpoint, Checkpoint? fork, InitialWeights? weights, Device device)
    {
        string root = arguments.Prepared ?? Path.Combine(arguments.Output, "prepared");
        var job = new TrainingJob
        {
            Spec = spec,
            Manifest = manifest,
            Clips = new ClipSource((_, _, _, _) => 0, FeatureCache.IsUsed(spec) ? spec.Data.ClipLength * FeatureCache.FrameBytes(spec) : spec.Data.ClipBytes()),
            Output = arguments.Output,
            Emit = session.Emit,
            Resume = checkpoint,
            Fork = fork,
            Best = arguments.Best,
            Weights = weights,
            ResumeChecks = Path.Combine(root, "resume-checks"),
            Signal = session.Signal,
            Prune = !arguments.Supervised,
        };
        if (TrainingRefusal.Of(job) is string refusal)
            return Ending.Refused(refusal);
        DoneEvent done = FeatureCache.IsUsed(spec) ? TrainOnFeatures(session, job, root, device) : TrainOnFrames(session, job, root, device);
        return new Ending(done.Outcome, done.Reason);
    }

    private static DoneEvent TrainOnFrames(Session session, TrainingJob job, string preparedRoot, Device device)
    {
        using PreparedFrames frames = PreparedFrames.Open(Preparation.Prepare(session, job.Manifest, job.Spec.Data, preparedRoot, device));
        var reader = new ClipReader(frames, job.Manifest, job.Spec.Data, job.Spec.Augmentation, job.Spec.Training.Seed);
        return Trainer.Run(job with { Clips = new ClipSource(reader.Read, reader.ClipBytes) }, device);
    }

    private static DoneEvent TrainOnFeatures(Session session, TrainingJob job, string preparedRoot, Device device)
    {
        using FeatureReader features = FeatureReader.Open(
            job.Manifest, job.Spec, job.Resume?.Weights ?? job.Fork?.Weights ?? job.Weights?.Tensors, device, preparedRoot,
            () => PreparedFrames.Open(Preparation.Prepare(session, job.Manifest, job.Spec.Data, preparedRoot, device)), session.Progress("computing features"), session.Canceled);
        return Trainer.Run(job with { Clips = features.Clips, Saving = features.Saving }, device);
    }
}
