using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Events;
using LrcnLab.Core.Metrics;
using LrcnLab.Core.Statistics;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Compare;

/// <summary>One side of a comparison: the confusion matrices and the answers of one run, or of all runs of a group.</summary>
/// <param name="Classes">Of its data-set version.</param>
/// <param name="Counts">[true class][predicted class], summed over runs; null where none has a matrix.</param>
/// <param name="Matrices">How many were summed.</param>
/// <param name="Right">Whether a run is right about a sample, by run; empty where none has kept its answers.</param>
/// <param name="Epochs">After which the answers were given, by run.</param>
public sealed record PairSide(IReadOnlyList<string> Classes, int[][]? Counts, int Matrices, IReadOnlyList<IReadOnlyDictionary<int, bool>> Right, IReadOnlyList<int> Epochs);

/// <summary>What can be said about two sides on the same samples.</summary>
/// <param name="Samples">That both sides answered.</param>
/// <param name="Bootstrap">Difference in accuracy with its interval.</param>
/// <param name="McNemar">Where each side is one run; null for groups.</param>
public sealed record PairVerdict(int Samples, PairedBootstrap Bootstrap, McNemar? McNemar)
{
    /// <summary>Whether the sides cannot be told apart at the 5 % level, by McNemar's test where it applies.</summary>
    public bool IsTie => McNemar is { } test ? test.PValue >= 0.05 : Bootstrap.IsTie;
}

/// <summary>Reads what two runs, or two groups of runs, answered, and tests whether one is better.</summary>
public sealed class PairQueries(IDbContextFactory<LabDbContext> contexts, ArtifactStore artifacts)
{
    /// <summary>Splits of which a run keeps answers, the most telling first.</summary>
    public static IReadOnlyList<string> Splits { get; } = ["test", "validation"];

    /// <summary>Each run's matrix and answers after its best epoch, where they were kept, or its last.</summary>
    public async Task<PairSide> ReadAsync(IReadOnlyCollection<Guid> runs, string split, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<string> classes = await db.Runs.Where(r => runs.Contains(r.Id)).Select(r => r.Classes).FirstOrDefaultAsync(cancellationToken) ?? [];
        var best = await db.Checkpoints.AsNoTracking().Where(c => runs.Contains(c.RunId) && c.Kind == "best").ToDictionaryAsync(c => c.RunId, c => c.Epoch, cancellationToken);
        var matrices = await db.ConfusionMatrices.Where(m => runs.Contains(m.RunId) && m.Split == split).Select(m => new { m.RunId, m.Epoch }).ToListAsync(cancellationToken);
        List<PredictionFile> files = await db.PredictionFiles.AsNoTracking().Where(p => runs.Contains(p.RunId) && p.Split == split).ToListAsync(cancellationToken);

        int[][]? counts = null;
        int summed = 0;
        var right = new List<IReadOnlyDictionary<int, bool>>();
        var epochs = new List<int>();
        foreach (Guid run in runs)
        {
            int wanted = best.GetValueOrDefault(run, int.MaxValue);
            PredictionFile? file = Newest(files.Where(f => f.RunId == run), wanted);
            int epoch = file?.Epoch ?? matrices.Where(m => m.RunId == run).Select(m => m.Epoch).OrderBy(e => e != wanted).ThenByDescending(e => e).FirstOrDefault();
            if (matrices.Any(m => m.RunId == run && m.Epoch == epoch))
                (summed, counts) = (summed + 1, Sum(counts, (await db.ConfusionMatrices.AsNoTracking().FirstAsync(m => m.RunId == run && m.Split == split && m.Epoch == epoch, cancellationToken)).Counts));
            if (file is not null && await AnswersAsync(file, cancellationToken) is { Count: > 0 } answers)
                right.Add(answers);
            if (epoch > 0)
                epochs.Add(epoch);
        }

        return new PairSide(classes, counts, summed, right, epochs);
    }

    /// <summary>What a run answered to each sample of a split, after its best epoch where that was kept, or its last.</summary>
    /// <returns>Empty where it kept nothing.</returns>
    public async Task<IReadOnlyList<Prediction>> PredictionsAsync(Guid run, string split, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        int best = await db.Checkpoints.Where(c => c.RunId == run && c.Kind == "best").Select(c => (int?)c.Epoch).FirstOrDefaultAsync(cancellationToken) ?? int.MaxValue;
        List<PredictionFile> files = await db.PredictionFiles.AsNoTracking().Where(p => p.RunId == run && p.Split == split).ToListAsync(cancellationToken);
        return Newest(files, best) is { } file ? await ReadFileAsync(file, cancellationToken) : [];
    }

    private static PredictionFile? Newest(IEnumerable<PredictionFile> files, int best) => files.OrderBy(f => f.Epoch != best).ThenByDescending(f => f.Epoch).FirstOrDefault();

    /// <returns>Null where a side kept no answers, or they have no sample in common.</returns>
    public static PairVerdict? Judge(PairSide first, PairSide second)
    {
        if (first.Right.Count == 0 || second.Right.Count == 0)
            return null;
        int[] samples = [.. first.Right.Concat(second.Right).Select(r => (IEnumerable<int>)r.Keys).Aggregate((a, b) => a.Intersect(b)).Order()];
        if (samples.Length == 0)
            return null;
        bool[][] a = [.. first.Right.Select(r => samples.Select(s => r[s]).ToArray())], b = [.. second.Right.Select(r => samples.Select(s => r[s]).ToArray())];
        return new PairVerdict(samples.Length, PairedBootstrap.Of(a, b), a.Length == 1 && b.Length == 1 ? McNemar.Of(a[0], b[0]) : null);
    }

    private async Task<Dictionary<int, bool>> AnswersAsync(PredictionFile file, CancellationToken cancellationToken) =>
        (await ReadFileAsync(file, cancellationToken)).ToDictionary(one => one.Sample, one => Array.IndexOf(one.Probabilities, one.Probabilities.Max()) == one.Label);

    private async Task<List<Prediction>> ReadFileAsync(PredictionFile file, CancellationToken cancellationToken)
    {
        var read = new Dictionary<int, Prediction>();
        if (artifacts.OpenRead(file.Sha256) is not { } stream)
            return [];
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0 && JsonSerializer.Deserialize<Prediction>(line, LabJson.Options) is { Probabilities.Length: > 0 } one)
                read[one.Sample] = one;
        }

        return [.. read.Values];
    }

    private static int[][]? Sum(int[][]? counts, int[][] more)
    {
        if (counts is null || counts.Length != more.Length)
            return counts ?? more;
        return [.. counts.Zip(more, (row, other) => row.Zip(other, (x, y) => x + y).ToArray())];
    }
}

/// <summary>A class on two sides.</summary>
/// <param name="First">Share of its samples that the first side gets right; null without samples.</param>
/// <param name="Samples">Of the class, on the first side.</param>
public sealed record ClassDifference(string Class, int Samples, double? First, double? Second)
{
    public double? Difference => First - Second;

    /// <summary>The greatest gain of the first side first, as the paper lists classes (§4.1).</summary>
    public static IReadOnlyList<ClassDifference> Of(PairSide first, PairSide second) => first.Counts is not { } a || second.Counts is not { } b || a.Length != b.Length ? [] :
    [
        .. Enumerable.Range(0, a.Length).Select(i => new ClassDifference(i < first.Classes.Count ? first.Classes[i] : $"{i}", a[i].Sum(), Recall(a, i), Recall(b, i))).OrderByDescending(d => d.Difference ?? double.NegativeInfinity),
    ];

    private static double? Recall(int[][] counts, int of) => counts[of].Sum() is > 0 and int all ? (double)counts[of][of] / all : null;
}
