using System.Text.Json;
using LrcnLab.Core;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Media.Decoding;
using LrcnLab.Media.Import.Archives;

namespace LrcnLab.Media.Import;

/// <summary>
/// A folder, table or archive of videos to a data-set version: <c>manifest.json</c> and, for sample 12, <c>previews/000012.jpg</c>
/// (<see cref="PreviewSheet"/>: up to 16 frames in a row). Each file is decoded once, all cores are used, the source is only read.
/// </summary>
public static class DatasetImporter
{
    private const string PreviewFolder = "previews", UnpackFolder = "files";
    private const int MaxLicenceCharacters = 20_000;

    /// <param name="path">A folder in one of the known layouts, one of its lists, or an archive (zip, tar, tar.gz).</param>
    /// <param name="name">What people call the data set.</param>
    /// <param name="outputFolder">Receives manifest and previews; created when missing.</param>
    /// <param name="options">What the person decided.</param>
    /// <param name="progress">Stage, files done, files in all; called from several threads, never at once.</param>
    /// <param name="ct">Cancels within a file; a manifest that was there before stays.</param>
    /// <param name="unpackFolder">Where an archive is unpacked; null for <c>files</c> in the output folder.</param>
    public static ImportResult Import(
        string path, string name, string outputFolder, ImportOptions options, Action<string, long, long>? progress, CancellationToken ct, string? unpackFolder = null)
    {
        try
        {
            (SampleProposal? proposal, IReadOnlyList<SampleProblem> unpacking, string? refusal) = Propose(path, unpackFolder ?? Path.Combine(outputFolder, UnpackFolder), options, progress, ct);
            refusal ??= proposal!.Layout.Refusal;
            return refusal is null ? Import(proposal!, unpacking, name, outputFolder, options, progress, ct) : ImportResult.Refuse(refusal);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return ImportResult.Refuse($"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>With the defaults of <see cref="ImportOptions"/>.</summary>
    public static ImportResult Import(string path, string name, string outputFolder, Action<string, long, long>? progress, CancellationToken ct) =>
        Import(path, name, outputFolder, new ImportOptions(), progress, ct);

    /// <summary>What <see cref="Import(string, string, string, ImportOptions, Action{string, long, long}?, CancellationToken, string?)"/> would make of a path. Decodes nothing; writes nothing but an archive's content.</summary>
    /// <param name="path">As for the import.</param>
    /// <param name="options">What the person decided.</param>
    /// <param name="ct">Cancels between files.</param>
    /// <param name="unpackFolder">Where an archive is unpacked; null refuses archives.</param>
    /// <param name="progress">Stage, files done, files in all.</param>
    public static ImportPreview Preview(string path, ImportOptions options, CancellationToken ct, string? unpackFolder = null, Action<string, long, long>? progress = null)
    {
        try
        {
            (SampleProposal? proposal, IReadOnlyList<SampleProblem> unpacking, string? refusal) = Propose(path, unpackFolder, options, progress, ct);
            return proposal is null ? Refused(refusal!, unpacking) : DatasetPreview.Of(proposal, options, unpacking, ct);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return Refused($"{path} cannot be read: {e.Message}", []);
        }
    }

    private static ImportPreview Refused(string refusal, IReadOnlyList<SampleProblem> problems) =>
        new() { Layout = "", Explanation = "", Refusal = refusal, Problems = [.. problems.Take(200)], ProblemCount = problems.Count };

    private static bool IsUnreadable(Exception e) => e is UnauthorizedAccessException or CsvHelper.CsvFormatException or JsonException or InvalidDataException;

    /// <summary>Unpacks what must be unpacked and reads the layout.</summary>
    private static (SampleProposal?, IReadOnlyList<SampleProblem>, string? Refusal) Propose(
        string path, string? unpackFolder, ImportOptions options, Action<string, long, long>? progress, CancellationToken ct)
    {
        if (!Path.Exists(path))
            return (null, [], $"{path} does not exist on this machine.");
        if (ArchiveFile.Recognise(path) is not { } kind)
        {
            progress?.Invoke("finding files", 0, 0);
            return (SampleProposal.Read(path, options, ct), [], null);
        }

        if (unpackFolder is null)
            return (null, [], $"{path} is an archive ({kind}); name the folder where it is to be unpacked.");
        (string? folder, IReadOnlyList<SampleProblem> problems, string? refusal) = ArchiveUnpacker.Unpack(path, kind, unpackFolder, progress, ct);
        if (folder is null)
            return (null, problems, refusal);
        progress?.Invoke("finding files", 0, 0);
        return (SampleProposal.Read(folder, options, ct), problems, null);
    }

    private static ImportResult Import(
        SampleProposal proposal, IReadOnlyList<SampleProblem> unpacking, string name, string outputFolder, ImportOptions options, Action<string, long, long>? progress, CancellationToken ct)
    {
        (RootFolder root, Layout layout) = proposal;
        string reading = Path.Combine(outputFolder, PreviewFolder + ".tmp");
        if (Directory.Exists(reading))
            Directory.Delete(reading, recursive: true);
        Directory.CreateDirectory(reading);
        try
        {
            var problems = new ProblemList();
            problems.AddRange(unpacking);
            List<ReadPart> parts = ReadFiles(root, layout, reading, problems, progress, ct);
            string[] classes = SampleProposal.ClassesOf(layout, parts.Select(p => p.Entry));
            if (SampleProposal.Refusal(root, layout, parts.Count, classes, problems) is { } refusal)
                return ImportResult.Refuse(refusal);

            IReadOnlyList<ImportEntry> entries = SplitAssigner.Assign([.. parts.Select(p => p.Entry)], options);
            Sample[] samples = [.. parts.Select((p, i) => ToSample(p, entries[i], classes))];
            var trained = samples.Where(s => s.Split == Split.Train).Select(s => s.Label).ToHashSet();
            problems.AddRange(classes.Where((_, label) => !trained.Contains(label)).Select(c => new SampleProblem(c, $"The class {c} has no training sample, so no run can learn it.")));
            var manifest = new DatasetManifest
            {
                Name = name,
                Layout = layout.Name,
                Root = root.Path,
                Classes = classes,
                Samples = samples,
                Problems = problems.Sorted(),
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

    private static List<ReadPart> ReadFiles(RootFolder root, Layout layout, string previews, ProblemList problems, Action<string, long, long>? progress, CancellationToken ct)
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
        problems.AddRange(layout.Problems);
        problems.AddRange(opened.Select(o => o.Problem).OfType<SampleProblem>());
        problems.AddRange(all.SelectMany(r => r.Problems));
        return [.. all.SelectMany(r => r.Parts)];

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

    private static Sample ToSample(ReadPart part, ImportEntry entry, string[] classes) => new()
    {
        Path = entry.Path,
        Label = entry.Label.Length == 0 ? -1 : Array.IndexOf(classes, entry.Label),
        Split = entry.Split!.Value,
        Group = entry.Group,
        Start = entry.Start,
        End = entry.End,
        Frames = part.Frames,
        FrameRate = part.Info.FrameRate,
        Width = part.Info.Width,
        Height = part.Info.Height,
        Sha256 = part.Sha256,
        Captions = entry.Captions,
        Fingerprint = part.Look.Fingerprint,
        Colors = part.Look.Colors,
    };

    private static string ReadLicence(RootFolder root)
    {
        string? file = root.Files(root.Path).FirstOrDefault(f => Path.GetFileNameWithoutExtension(f).ToUpperInvariant() is "LICENCE" or "LICENSE");
        string text = file is null || MediaFile.Length(file) is 0 or > 1 << 20 ? "" : File.ReadAllText(file);
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
