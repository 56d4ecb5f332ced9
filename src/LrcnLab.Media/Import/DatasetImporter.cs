using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Media.Decoding;

namespace LrcnLab.Media.Import;

/// <summary>
/// A folder or table of videos to a data-set version: <c>manifest.json</c> and, for sample 12, <c>previews/000012.jpg</c>
/// (<see cref="PreviewSheet"/>: up to 16 frames in a row). Each file is decoded once, all cores are used, the source is only read.
/// </summary>
public static class DatasetImporter
{
    private const string PreviewFolder = "previews";
    private const int MaxLicenceCharacters = 20_000;

    /// <param name="path">A folder with a folder per class (below train/validation/test or not), a folder with one table, or the table itself.</param>
    /// <param name="name">What people call the data set.</param>
    /// <param name="outputFolder">Receives manifest and previews; created when missing.</param>
    /// <param name="progress">Stage, files done, files in all; called from several threads, never at once.</param>
    /// <param name="ct">Cancels within a file; a manifest that was there before stays.</param>
    public static ImportResult Import(string path, string name, string outputFolder, Action<string, long, long>? progress, CancellationToken ct)
    {
        if (!Directory.Exists(path) && !File.Exists(path))
            return ImportResult.Refuse($"{path} does not exist on this machine.");
        progress?.Invoke("finding files", 0, 0);
        try
        {
            var root = new RootFolder(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!);
            Layout layout = ReadLayout(root, path, ct);
            if (layout.Refusal is not null)
                return ImportResult.Refuse(layout.Refusal);
            return Import(root, layout, name, outputFolder, progress, ct);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or CsvHelper.CsvFormatException)
        {
            return ImportResult.Refuse($"{path} cannot be read: {e.Message}");
        }
    }

    private static Layout ReadLayout(RootFolder root, string path, CancellationToken ct)
    {
        if (File.Exists(path))
        {
            return Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase)
                ? CsvLayout.Read(root, path, ct)
                : Layout.Refuse($"{path} is a single file. Name a folder with one folder per class, or a CSV table with the columns path and label.");
        }

        string[] tables = [.. root.Files(root.Path).Where(CsvLayout.IsTable)];
        return tables.Length switch
        {
            0 => FolderLayout.Read(root, ct),
            1 => CsvLayout.Read(root, tables[0], ct),
            _ => Layout.Refuse($"{path} holds {tables.Length} tables ({string.Join(", ", tables.Select(Path.GetFileName))}); name the one to import."),
        };
    }

    private static ImportResult Import(RootFolder root, Layout layout, string name, string outputFolder, Action<string, long, long>? progress, CancellationToken ct)
    {
        string reading = Path.Combine(outputFolder, PreviewFolder + ".tmp");
        if (Directory.Exists(reading))
            Directory.Delete(reading, recursive: true);
        Directory.CreateDirectory(reading);
        try
        {
            (List<ReadPart> parts, List<SampleProblem> problems) = ReadFiles(root, layout, reading, progress, ct);
            string[] classes = [.. parts.Select(p => p.Entry.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (Refusal(root, layout, classes, problems) is { } refusal)
                return ImportResult.Refuse(refusal);

            IReadOnlyList<ImportEntry> entries = SplitAssigner.Assign([.. parts.Select(p => p.Entry)]);
            Sample[] samples = [.. parts.Select((p, i) => ToSample(p, entries[i], classes))];
            problems.AddRange(classes.Where((_, label) => !samples.Any(s => s.Label == label && s.Split == Split.Train))
                .Select(c => new SampleProblem(c, $"The class {c} has no training sample, so no run can learn it.")));
            var manifest = new DatasetManifest
            {
                Name = name,
                Layout = layout.Name,
                Root = root.Path,
                Classes = classes,
                Samples = samples,
                Problems = [.. problems.OrderBy(p => p.Path, StringComparer.Ordinal)],
                Licence = ReadLicence(root),
                CreatedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
            };
            for (int i = 0; i < parts.Count; i++)
                File.Move(parts[i].Preview, Path.Combine(reading, $"{i:D6}.jpg"));
            Publish(manifest, reading, outputFolder);
            return new ImportResult(manifest, null);
        }
        finally
        {
            if (Directory.Exists(reading))
                Directory.Delete(reading, recursive: true);
        }
    }

    private static (List<ReadPart>, List<SampleProblem>) ReadFiles(RootFolder root, Layout layout, string previews, Action<string, long, long>? progress, CancellationToken ct)
    {
        ImportEntry[][] files = [.. layout.Entries.GroupBy(e => e.Path, StringComparer.Ordinal).OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => f.OrderBy(e => e.Start ?? 0).ThenBy(e => e.End ?? double.MaxValue).ToArray())];
        var opened = new (OpenedFile? File, SampleProblem? Problem)[files.Length];
        InParallel("looking at files", files.Length, i => opened[i] = FileReader.Open(root, files[i], ct));
        OpenedFile[] usable = [.. opened.Select(o => o.File).OfType<OpenedFile>()];
        IReadOnlyList<Range> groups = FfmpegBatch.Group(usable, FileReader.BatchSize, FileReader.Together);
        var results = new IReadOnlyList<FileResult>[groups.Count];
        InParallel("reading videos", groups.Count, i => results[i] = FileReader.Read(usable[groups[i]], Path.Combine(previews, $"group-{i:D6}"), ct));
        FileResult[] all = [.. results.SelectMany(r => r)];
        return ([.. all.SelectMany(r => r.Parts)], [.. layout.Problems, .. opened.Select(o => o.Problem).OfType<SampleProblem>(), .. all.SelectMany(r => r.Problems)]);

        void InParallel(string stage, int count, Action<int> work)
        {
            var counter = new ProgressCounter(count, (done, total) => progress?.Invoke(stage, done, total));
            AllCores.For(count, i =>
            {
                work(i);
                counter.Add(1);
            }, ct);
        }
    }

    private static string? Refusal(RootFolder root, Layout layout, string[] classes, List<SampleProblem> problems) => classes.Length switch
    {
        0 when problems.Count == 0 => $"{root.Path} holds no samples.",
        0 when problems.Count == 1 => $"{root.Path} holds nothing that can be used: {problems[0].Reason}",
        0 => $"{root.Path} holds nothing that can be used; there are {problems.Count} problems, the first is: {problems[0].Reason}",
        1 => $"{root.Path} has one class only ({classes[0]}); a classifier needs at least two."
            + (layout.Entries.Any(e => e.Label != classes[0]) || problems.Count > 0 ? $" There are {problems.Count} problems, the first is: {problems[0].Reason}" : ""),
        _ => null,
    };

    private static Sample ToSample(ReadPart part, ImportEntry entry, string[] classes) => new()
    {
        Path = entry.Path,
        Label = Array.IndexOf(classes, entry.Label),
        Split = entry.Split!.Value,
        Start = entry.Start,
        End = entry.End,
        Frames = part.Frames,
        FrameRate = part.Info.FrameRate,
        Width = part.Info.Width,
        Height = part.Info.Height,
        Sha256 = part.Sha256,
        Captions = entry.Captions,
    };

    private static string ReadLicence(RootFolder root)
    {
        string? file = root.Files(root.Path).FirstOrDefault(f => Path.GetFileNameWithoutExtension(f).ToUpperInvariant() is "LICENCE" or "LICENSE");
        string text = file is null ? "" : File.ReadAllText(file);
        return text.Length <= MaxLicenceCharacters ? text : text[..MaxLicenceCharacters];
    }

    /// <summary>The manifest comes last and at once: whoever sees it sees its previews.</summary>
    private static void Publish(DatasetManifest manifest, string previews, string outputFolder)
    {
        string target = Path.Combine(outputFolder, PreviewFolder), file = Path.Combine(outputFolder, WorkerProtocol.ManifestFile);
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.Move(previews, target);
        using (FileStream stream = File.Create(file + ".tmp"))
        {
            JsonSerializer.Serialize(stream, manifest, LabJson.Indented);
            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".tmp", file, overwrite: true);
    }
}
