using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Specs;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>
/// Remembers for which settings resuming was found exact on this machine, in a folder of empty files, so that runs of the same kind need not wait for the trial again.
/// What it goes by: everything that decides the computation but the seed, the weights and the length of the run; the program itself, its libraries, device and threads.
/// </summary>
internal sealed class ResumeMemo
{
    private readonly string? _file;

    public ResumeMemo(TrainingJob job, Device device, Precision precision)
    {
        if (job.ResumeChecks is null)
            return;
        RunSpec spec = job.Spec with
        {
            Data = job.Spec.Data with { Dataset = "", AllowLeaks = false },
            Model = job.Spec.Model with { Weights = "" },
            Training = job.Spec.Training with { Seed = 0, Epochs = 1 },
            Evaluation = new EvaluationSpec(),
            Checkpoints = new CheckpointSpec(),
            Guards = new GuardsSpec(),
        };
        string[] decides =
        [
            JsonSerializer.Serialize(spec, LabJson.Options), $"{job.Manifest.Classes.Count}", $"{device}", $"{get_num_threads()}", $"{precision}", Environment.MachineName,
            .. ProgramVersions.All.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key} {v.Value}"), $"{typeof(ResumeMemo).Module.ModuleVersionId}",
        ];
        _file = Path.Combine(job.ResumeChecks, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', decides)))));
    }

    public bool IsKnown => _file is not null && File.Exists(_file);

    /// <summary>Without it the next run tries again, which is all that a full disk costs.</summary>
    public void Remember()
    {
        if (_file is null)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            File.Create(_file).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
