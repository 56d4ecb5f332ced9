using System.CommandLine;
using System.Globalization;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Models;
using LrcnLab.Core.Specs;
using LrcnLab.Media.Prepared;
using LrcnLab.Training;
using LrcnLab.Training.Checkpoints;
using LrcnLab.Training.Clips;
using LrcnLab.Training.Evaluation;
using LrcnLab.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Worker.Commands;

/// <summary><c>evaluate CHECKPOINT --split validation</c>: what a trained model says of a split.</summary>
internal static class EvaluateCommand
{
    private sealed record Arguments(string Checkpoint, string? Data, Split Split, int? Views, string? Prepared);

    public static Command Create()
    {
        var checkpoint = new Argument<string>("CHECKPOINT") { Description = "Checkpoint archive of a training." };
        var data = CommonOptions.Data();
        var split = new Option<Split>("--split") { Description = "train, validation or test.", DefaultValueFactory = _ => Split.Validation };
        var views = new Option<int?>("--views") { Description = "Clips from each video, spread evenly, whose probabilities are averaged. Default: as the specification says for tests.", HelpName = "N" };
        views.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 64)
                result.AddError("--views must be from 1 to 64.");
        });
        var prepared = new Option<string?>("--prepared") { Description = "Folder of prepared frames. Default: a temporary one.", HelpName = "DIR" };
        var json = CommonOptions.Json();
        var command = new Command("evaluate", "Prints loss, accuracies and confusion matrix of a checkpoint as events.") { checkpoint, data, split, views, prepared, json };
        command.SetAction((parsed, _) =>
        {
            var arguments = new Arguments(parsed.GetRequiredValue(checkpoint), parsed.GetValue(data), parsed.GetValue(split), parsed.GetValue(views), parsed.GetValue(prepared));
            return Session.RunAsync(parsed.GetValue(json), supervised: false, journalPath: null, session => Evaluate(session, arguments));
        });
        return command;
    }

    private static Ending Evaluate(Session session, Arguments arguments)
    {
        TorchRuntime.Start(threads: 0);
        var (checkpoint, refusal) = Checkpoint.Read(arguments.Checkpoint);
        if (checkpoint is null)
            return Ending.Refused(refusal!);
        using (checkpoint)
        {
            DirectoryInfo? temporary = arguments.Prepared is null ? Directory.CreateTempSubdirectory("lrcnlab-") : null;
            try
            {
                return Evaluate(session, arguments, checkpoint, arguments.Prepared ?? temporary!.FullName);
            }
            finally
            {
                temporary?.Delete(recursive: true);
            }
        }
    }

    private static Ending Evaluate(Session session, Arguments arguments, Checkpoint checkpoint, string prepared)
    {
        var (state, spec, classes) = checkpoint.Header;
        var (manifest, refusal) = DatasetSource.Load(session, arguments.Data, spec.Data, specPath: null, prepared);
        if (manifest is null)
            return Ending.Refused(refusal!);
        if (!manifest.Classes.SequenceEqual(classes))
            return Ending.Refused($"The checkpoint knows the classes {string.Join(", ", classes)}; the data set has {string.Join(", ", manifest.Classes)}.");
        Device device = TorchRuntime.Select(DeviceKind.Auto).Device!;
        string folder = Preparation.Prepare(session, manifest, spec.Data, prepared, device);
        using PreparedFrames frames = PreparedFrames.Open(folder);
        var reader = new ClipReader(frames, manifest, spec.Data, spec.Augmentation, spec.Training.Seed);

        using var scope = NewDisposeScope();
        using var model = new LrcnModel(ModelPlanner.Plan(spec, classes.Count));
        if (ModelWeights.Load(model, checkpoint.Weights) is string misfit)
            return Ending.Refused(misfit);
        model.to(device);
        var evaluator = new Evaluator(spec, manifest.Samples, classes.Count, new ClipSource(reader.Read, reader.ClipBytes), device);
        if (evaluator.Indices(arguments.Split).Length == 0)
            return Ending.Refused($"The data set {manifest.Name} has no clip in the {RunFiles.Word(arguments.Split)} split.");
        Action<long, long> progress = session.Progress("evaluating");
        int stride = arguments.Views is null ? spec.Evaluation.ViewStride : 0;
        EvaluationResult result = evaluator.Evaluate(model, arguments.Split, arguments.Views ?? spec.Evaluation.TestViews, stride, (done, total) =>
        {
            progress(done, total);
            session.Canceled.ThrowIfCancellationRequested();
            return true;
        })!;
        Report(session, state, arguments.Split, result);
        return Ending.Completed;
    }

    private static void Report(Session session, CheckpointState state, Split split, EvaluationResult result)
    {
        string word = RunFiles.Word(split);
        session.Emit(new MetricEvent { Step = state.Step, Epoch = state.Epoch, Values = result.Metrics(split) });
        session.Emit(new ConfusionMatrixEvent { Epoch = state.Epoch, Split = word, Counts = result.Scores.Confusion });
        session.Emit(new LogEvent
        {
            Level = LogLevel.Information,
            Message = string.Create(CultureInfo.InvariantCulture, $"{result.Predictions.Count} clips of the {word} split: loss {result.Loss:0.0000}, accuracy {result.Scores.Accuracy:P1}, mean class accuracy {result.Scores.MeanClassAccuracy:P1}."),
        });
    }
}
