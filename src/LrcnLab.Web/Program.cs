using Hangfire;
using LrcnLab.Core;
using LrcnLab.Scheduling;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using LrcnLab.Web.Features.Compare;
using LrcnLab.Web.Features.Data;
using LrcnLab.Web.Features.Notifications;
using LrcnLab.Web.Features.Projects;
using LrcnLab.Web.Features.Queue;
using LrcnLab.Web.Features.Runs;
using LrcnLab.Web.Features.Runs.Download;
using LrcnLab.Web.Features.Runs.Export;
using LrcnLab.Web.Features.Runs.Form;
using LrcnLab.Web.Features.Runs.Ingest;
using LrcnLab.Web.Features.Runs.Table;
using LrcnLab.Web.Features.Runs.Templates;
using LrcnLab.Web.Features.Settings;
using LrcnLab.Web.Features.Settings.Backup;
using LrcnLab.Web.Features.Settings.Integrity;
using LrcnLab.Web.Features.Settings.Retention;
using LrcnLab.Web.Features.Views;
using LrcnLab.Web.Features.Weights;
using LrcnLab.Web.Hosting;
using Microsoft.AspNetCore.Connections;
using MudBlazor.Services;

// The name of a file would else be taken for a setting, and the next setting for its value.
string[] words = args is [[not ('-' or '/'), ..], ..] ? [.. args.TakeWhile(a => !a.StartsWith('-'))] : [];
WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args[words.Length..], ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseStaticWebAssets();

LabOptions options;
try
{
    options = Home.Options(builder.Configuration);
}
catch (InvalidOperationException e)
{
    return Refuse(e.Message);
}

string[] problems = [.. Home.UnknownSettings(builder.Configuration), .. options.Problems(), .. LoopbackOnly.Refusal(builder.Configuration) is { } open ? new[] { open } : []];
if (problems.Length > 0)
    return Refuse(problems);

var paths = new LabPaths(options.DataDirectory, options.BackupDirectory);
if (await BackupCommands.RunAsync(words, options, paths, CancellationToken.None) is { } exitCode)
    return exitCode;
(DataFolderLock? folder, string? refusal) = DataFolderLock.TryAcquire(paths);
if (folder is null)
    return Refuse(refusal!);
using DataFolderLock held = folder;
await BackupCommands.RestoreAtStartAsync(options, paths, CancellationToken.None);

StartupCheck check = StartupCheck.Of(options, paths);
foreach (string warning in check.Warnings)
    Console.Error.WriteLine($"Warning: {warning}");
builder.Services.AddSingleton(check);
builder.Services.AddLabStorage(options);
builder.Services.AddLabScheduling(options);
builder.Services.AddMudServices();
// Notes and specifications that people paste are longer than the usual 32 KiB, at which a page would lose its connection and what was typed. Nothing else large comes this way.
builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = 1 << 20);
builder.Services.AddOpenApi("v1");
builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<StorageFullHandler>();
builder.Services.ConfigureHttpJsonOptions(json => LabJson.Configure(json.SerializerOptions));
builder.Services.AddSingleton<RunQueries>();
builder.Services.AddSingleton<RunFiles>();
builder.Services.AddSingleton<RunIndex>();
builder.Services.AddSingleton<RunTableQueries>();
builder.Services.AddSingleton<ViewQueries>();
builder.Services.AddSingleton<WeightsQueries>();
builder.Services.AddSingleton<ChartChoices>();
builder.Services.AddSingleton<PairQueries>();
builder.Services.AddSingleton<FusionQueries>();
builder.Services.AddSingleton<TemplateQueries>();
builder.Services.AddSingleton<GridLaunch>();
builder.Services.AddSingleton<QueueQueries>();
builder.Services.AddSingleton<NodeQueries>();
builder.Services.AddSingleton<ProjectQueries>();
builder.Services.AddSingleton<NotificationQueries>();
builder.Services.AddSingleton<DatasetQueries>();
builder.Services.AddSingleton<VersionQueries>();
builder.Services.AddSingleton<BrowseQueries>();
builder.Services.AddSingleton<CardQueries>();
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownGrace + TimeSpan.FromSeconds(10));

await using WebApplication app = builder.Build();
if (await app.Services.GetRequiredService<DatabaseInitializer>().InitializeAsync(app.Lifetime.ApplicationStopping) is { } failure)
    return Refuse(failure);

// A page that loses its connection asks for a new one at once: accepted while the program ends, it would hold up the end until the time for it is over.
app.Use((context, next) =>
{
    if (!app.Lifetime.ApplicationStopping.IsCancellationRequested)
        return next(context);
    context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
    return Task.CompletedTask;
});
app.UseSecurityHeaders();
app.UseSameOriginOnly();
app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"), api => api.UseExceptionHandler().UseStatusCodePages());
app.UseWhen(context => !context.Request.Path.StartsWithSegments("/api"), pages => pages.UseStatusCodePagesWithReExecute("/not-found"));
// Behind the line above, so that the page for unknown addresses is found when they are executed again.
app.UseRouting();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapOpenApi();
app.UseHangfireDashboard("/jobs", new DashboardOptions { Authorization = [new LocalAdministrator()], DashboardTitle = "LrcnLab jobs", DisplayStorageConnectionString = false });
RouteGroupBuilder api = app.MapGroup("/api/v1");
api.MapRuns();
api.MapMetrics();
api.MapIngest();
api.MapExport();
api.MapCheckpoints();
api.MapModels();
api.MapDatasets();
api.MapUploads();
api.MapVersions();
api.MapBrowse();
api.MapQueue();
api.MapNodes();
api.MapProjects();
api.MapViews();
api.MapTemplates();
api.MapMeans();
api.MapFusion();
api.MapTransfer();
api.MapNotifications();
api.MapBackups();
api.MapIntegrity();
api.MapRetention();
api.MapWeights();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();

app.Lifetime.ApplicationStarted.Register(() =>
{
    // With many thousand runs the first look takes some seconds, with settings as long again.
    _ = app.Services.GetRequiredService<RunIndex>().WarmAsync(app.Lifetime.ApplicationStopping);
    Console.WriteLine($"LrcnLab {typeof(Program).Assembly.GetName().Version?.ToString(3)} is ready: {string.Join(", ", app.Urls)}");
    Console.WriteLine($"Data lies in {paths.DataDirectory}. Press Ctrl+C to stop; running runs are paused and go on at the next start.");
    if (app.Urls.FirstOrDefault() is { } address)
        BrowserOpener.TryOpen(address, options);
});
try
{
    await app.StartAsync();
    await app.Services.GetRequiredService<DatasetService>().EnsureSampleAsync(app.Lifetime.ApplicationStopping);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
{
    // Asked to end before it had begun.
    return 0;
}
catch (AggregateException e) when (app.Lifetime.ApplicationStopping.IsCancellationRequested && e.InnerExceptions.All(inner => inner is OperationCanceledException))
{
    // A slow download, for one. Workers notice the end by themselves and write their checkpoints.
    Console.Error.WriteLine("LrcnLab ended before everything had come to rest; what was cut off is taken up at the next start.");
    return 0;
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    return Refuse($"{e.Message.TrimEnd('.')}. Another program, perhaps another LrcnLab, listens there: end it, or choose another port with --Kestrel:Endpoints:Http:Url=http://127.0.0.1:PORT.");
}

static int Refuse(params string[] reasons)
{
    foreach (string reason in reasons)
        Console.Error.WriteLine($"LrcnLab cannot start: {reason}");
    return 2;
}

/// <summary>The program, visible to tests that host it.</summary>
public sealed partial class Program;
