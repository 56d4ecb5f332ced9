using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Datasets;

/// <summary>What an import would make of a source, or why it cannot be told.</summary>
public sealed record PreviewResult(ImportPreview? Preview, SpecProblem? Problem);

/// <summary>Asks workers what they understand of a source, before anything of it is imported. An archive is unpacked for it, and stays so for the import.</summary>
public sealed class ImportPreviews : IDisposable
{
    /// <summary>Workers that look at sources at the same time; further ones wait.</summary>
    private const int AtOnce = 2;

    /// <summary>How long a worker may say nothing.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);

    private readonly ImportSources _sources;
    private readonly ImportWorker _worker;
    private readonly DiskReserve _reserve;
    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);

    internal ImportPreviews(ImportSources sources, ImportWorker worker, DiskReserve reserve) => (_sources, _worker, _reserve) = (sources, worker, reserve);

    /// <param name="progress">Told what the worker does.</param>
    /// <param name="cancellationToken">Ends the worker.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <exception cref="StorageFullException">The disk has no room for anything.</exception>
    public async Task<PreviewResult> LookAsync(ImportSource source, ImportOptions options, Action<ProgressEvent>? progress, CancellationToken cancellationToken)
    {
        if (options.Problems() is [SpecProblem problem, ..])
            return new PreviewResult(null, problem);
        (FoundSource? found, SpecProblem? refusal) = await _sources.FindAsync(source, trusted: false, cancellationToken);
        if (found is null)
            return new PreviewResult(null, refusal);
        if (found.Unpack is not null)
            _reserve.RequireRoom();
        await _turns.WaitAsync(cancellationToken);
        try
        {
            ImportPreview? preview = null;
            string? failure = await _worker.RunAsync(
                found,
                options,
                ["--preview"],
                e =>
                {
                    preview = (e as PreviewEvent)?.Preview ?? preview;
                    if (e is ProgressEvent at)
                        progress?.Invoke(at);
                    return Task.CompletedTask;
                },
                Silence,
                cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            // A refusal comes both as a preview, which says more, and as the worker's end.
            if (preview is not null)
                return new PreviewResult(preview.Refusal is null ? preview : preview with { Refusal = found.Plain(preview.Refusal) }, null);
            return new PreviewResult(null, new SpecProblem("", failure ?? "The worker ended without saying what it found."));
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
