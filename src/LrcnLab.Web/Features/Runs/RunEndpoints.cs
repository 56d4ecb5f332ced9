using System.Text.Json.Nodes;
using LrcnLab.Core.Runs;
using LrcnLab.Core.Specs;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Components.Shared;
using LrcnLab.Web.Features.Runs.Bin;
using LrcnLab.Web.Features.Runs.Download;
using LrcnLab.Web.Features.Runs.Life;
using LrcnLab.Web.Features.Runs.Logs;
using LrcnLab.Web.Features.Runs.Table;
using LrcnLab.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs;

/// <summary>Runs over HTTP: the same queries and commands as the pages.</summary>
public static class RunEndpoints
{
    private const int PageSize = 200;

    private static readonly string[] GroupFields = ["project", "experiment", "sweep"];

    private static readonly string[] CreateFields = ["name", "preset", "spec", "priority", "firstPhaseEpochs", .. GroupFields];

    public static void MapRuns(this RouteGroupBuilder api)
    {
        RouteGroupBuilder runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapPost("", CreateAsync).WithName("CreateRun").Accepts<CreateRunRequest>("application/json").Produces<CreatedRun>(StatusCodes.Status201Created).ProducesValidationProblem();
        runs.MapGet("", ListAsync).WithName("ListRuns").Produces<Page<RunRow>>();
        runs.MapGet("/{id:guid}", GetAsync).WithName("GetRun").Produces<RunAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        Action(runs, "stop", service => service.StopAsync);
        Action(runs, "kill", service => service.CancelAsync);
        Action(runs, "pause", service => service.PauseAsync);
        Action(runs, "resume", service => service.ResumeAsync);
        Action(runs, "retry", service => service.ResumeAsync);
        runs.MapLabels();
        runs.MapRunTable();
        runs.MapDownloads();
        runs.MapLife();
        runs.MapBin();
        runs.MapGet("/{id:guid}/confusion-matrices", MatricesAsync).WithName("ListConfusionMatrices").Produces<Page<MatrixAnswer>>();
        runs.MapGet("/{id:guid}/confusion-matrices/{epoch:int}", MatrixAsync).WithName("GetConfusionMatrix").Produces<MatrixAnswer>();
        runs.MapLog();
    }

    private static void Action(RouteGroupBuilder runs, string word, Func<RunService, Func<Guid, string, string?, CancellationToken, Task<string?>>> command) =>
        runs.MapPost($"/{{id:guid}}/{word}", async (Guid id, RunService service, RunQueries queries, CancellationToken cancel) =>
        {
            if (await queries.GetAsync(id, cancel) is null)
                return NoRun(id);
            return await command(service)(id, $"Asked for through the API: {word}.", LocalPerson.Name, cancel) is { } refusal ? Problems.Conflict(refusal) : Results.Accepted($"{LabUrls.Api}/runs/{id}");
        }).WithName($"{char.ToUpperInvariant(word[0])}{word[1..]}Run").Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> CreateAsync(HttpRequest request, RunService service, CancellationToken cancel)
    {
        (JsonObject? root, IResult? refusal) = await JsonBody.ReadAsync(request, cancel);
        if (root is null)
            return refusal!;
        var problems = new List<SpecProblem>();
        foreach (string field in root.Select(f => f.Key).Except(CreateFields))
            problems.Add(new SpecProblem(field, $"There is no field \"{field}\"; known: {string.Join(", ", CreateFields)}."));
        foreach (string field in GroupFields.Where(f => root[f] is not null && root.Text(f) is null))
            problems.Add(new SpecProblem(field, $"The {field} is {root[field]!.ToJsonString()}: a name is needed, as text."));
        string? preset = root.Text("preset");
        string name = (root.ContainsKey("name") ? root.Text("name") : preset)?.Trim() ?? "";
        if (name.Length is 0 or > 200 || name.Any(char.IsControl))
            problems.Add(new SpecProblem("name", "A run needs a name of 1 to 200 characters."));
        if (preset is not null && Presets.Find(preset) is null)
            problems.Add(new SpecProblem("preset", $"There is no preset \"{preset}\"; known: {string.Join(", ", Presets.All.Select(p => p.Name))}."));
        int? priority = root["priority"] is not { } given ? QueuePlace.Normal : given is JsonValue number && number.TryGetValue(out int value) ? value : null;
        if (priority is null)
            problems.Add(new SpecProblem("priority", $"The priority is {root["priority"]}: allowed are whole numbers from {QueuePlace.Lowest} to {QueuePlace.Highest}."));
        int? firstPhase = root["firstPhaseEpochs"] is not { } epochs ? 0 : epochs is JsonValue written && written.TryGetValue(out int count) ? count : null;
        if (firstPhase is null)
            problems.Add(new SpecProblem("firstPhaseEpochs", $"The epochs of the first phase are {root["firstPhaseEpochs"]}: a whole number is needed."));
        SpecResult spec = Presets.Find(preset) is { } known ? SpecReader.Read(root["spec"] ?? new JsonObject(), known.Spec) : SpecReader.Read(root["spec"]);
        problems.AddRange(spec.Problems);
        if (problems.Count > 0)
            return Problems.Invalid(problems);

        CreateRunResult result = await service.CreateAsync(
            new RunRequest(name, spec.Spec!) { Preset = preset, Priority = priority!.Value, Project = root.Text("project"), Experiment = root.Text("experiment"), Sweep = root.Text("sweep"), FirstPhaseEpochs = firstPhase!.Value, Person = LocalPerson.Name }, cancel);
        return result.Id is { } id ? Results.Created($"{LabUrls.Api}/runs/{id}", new CreatedRun(id, result.FirstPhase)) : Problems.Invalid(result.Problems);
    }

    private static async Task<IResult> ListAsync(RunTableQueries tables, CancellationToken cancel, string? query = null, string? state = null, string? sort = null, int skip = 0, int take = 10 * PageSize)
    {
        if (state is not null && !Enum.TryParse(state, ignoreCase: true, out RunState _))
            return Problems.Invalid("state", $"There is no state \"{state}\"; known: {string.Join(", ", Enum.GetValues<RunState>().Select(s => s.Word()))}.");
        if (skip < 0 || take is < 1 or > 50 * PageSize)
            return skip < 0 ? Problems.Invalid("skip", $"The number of runs to skip is {skip}: allowed are 0 and more.") : Problems.Invalid("take", $"The number of runs is {take}: allowed are 1 to {50 * PageSize}.");
        (RunTableData? table, RunTableProblem? problem) = await tables.ReadAsync(new RunTableRequest(query, sort, []), cancel);
        if (table is null)
            return Problems.Invalid(problem!.Field, RunTableEndpoints.Where(problem));
        RunRow[] rows = [.. table.Rows.Select(r => r.Run).Where(r => state is null || string.Equals(r.State.ToString(), state, StringComparison.OrdinalIgnoreCase))];
        return Results.Ok(new Page<RunRow>([.. rows.Skip(skip).Take(take)], skip + take < rows.Length ? (skip + take).ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> GetAsync(Guid id, RunQueries queries, CancellationToken cancel) =>
        await queries.GetAsync(id, cancel) is { } run
            ? Results.Ok(new RunAnswer(run.Id, run.Name, run.State, run.Reason, run.Preset, run.Progress, run.Metrics, SpecWriter.Write(run.Spec), run.Classes,
                new RunData(run.DatasetId, run.DatasetName, run.DatasetVersion, run.DatasetHash), run.Device, run.Versions, run.Attempt, run.CreatedAt, run.StartedAt, run.EndedAt, run.History, run.Project, run.Experiment, run.Sweep, run.FailureLabel, run.Amendments, run.Family.Parent, run.Family.Children, run.Usage, run.BinnedAt, run.Tags, run.Notes, run.ArchivedAt))
            : NoRun(id);

    private static async Task<IResult> MatricesAsync(Guid id, IDbContextFactory<LabDbContext> database, CancellationToken cancel)
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        if (await db.Runs.Where(r => r.Id == id).Select(r => r.Classes).FirstOrDefaultAsync(cancel) is not { } classes)
            return NoRun(id);
        var matrices = await db.ConfusionMatrices.AsNoTracking().Where(m => m.RunId == id).OrderBy(m => m.Split).ThenBy(m => m.Epoch).ToListAsync(cancel);
        return Results.Ok(new Page<MatrixAnswer>([.. matrices.Select(m => new MatrixAnswer(m.Epoch, m.Split, classes, m.Counts))], null));
    }

    private static async Task<IResult> MatrixAsync(Guid id, int epoch, IDbContextFactory<LabDbContext> database, CancellationToken cancel, string split = "validation")
    {
        await using LabDbContext db = await database.CreateDbContextAsync(cancel);
        if (await db.Runs.Where(r => r.Id == id).Select(r => r.Classes).FirstOrDefaultAsync(cancel) is not { } classes)
            return NoRun(id);
        return await db.ConfusionMatrices.AsNoTracking().FirstOrDefaultAsync(m => m.RunId == id && m.Epoch == epoch && m.Split == split, cancel) is { } matrix
            ? Results.Ok(new MatrixAnswer(matrix.Epoch, matrix.Split, classes, matrix.Counts))
            : Problems.NotFound($"Run {id} has no confusion matrix of {split} after epoch {epoch}.");
    }

    private static IResult NoRun(Guid id) => Problems.NotFound($"There is no run {id}.");
}

/// <param name="Name">What people call the run; without one it is called like its preset.</param>
/// <param name="Spec">The specification. Fields that are absent are those of the preset, without one their defaults.</param>
/// <param name="Preset">The preset to start from, if any.</param>
/// <param name="Priority">In the queue, from -10 to 10.</param>
/// <param name="Project">Name; made if there is none of it.</param>
/// <param name="Experiment">Name within the project; made if there is none of it.</param>
/// <param name="Sweep">Name within the project; made if there is none of it.</param>
/// <param name="FirstPhaseEpochs">Epochs of a first run on single frames, with whose weights this one begins; it launches itself then. 0 for none.</param>
public sealed record CreateRunRequest(string? Name, JsonObject? Spec, string? Preset, int? Priority, string? Project, string? Experiment, string? Sweep, int? FirstPhaseEpochs);

/// <param name="FirstPhase">The run of its first phase; null where there is none.</param>
public sealed record CreatedRun(Guid Id, Guid? FirstPhase = null);

public sealed record RunData(Guid Id, string Name, int Version, string Hash);

public sealed record RunAnswer(
    Guid Id, string Name, RunState State, string? Reason, string? Preset, RunProgress Progress, IReadOnlyDictionary<string, MetricSummary> Metrics, JsonObject Spec,
    IReadOnlyList<string> Classes, RunData Dataset, string? Device, IReadOnlyDictionary<string, string> Versions, int Attempt,
    DateTime CreatedAt, DateTime? StartedAt, DateTime? EndedAt, IReadOnlyList<RunHistoryEntry> History, string Project, string? Experiment, string? Sweep,
    string? FailureLabel, IReadOnlyList<string> Amendments, Relative? Parent, IReadOnlyList<Relative> Children, RunUsage Usage, DateTime? BinnedAt,
    IReadOnlyList<string> Tags, string Notes, DateTime? ArchivedAt);

public sealed record MatrixAnswer(int Epoch, string Split, IReadOnlyList<string> Classes, int[][] Counts);
