using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using LrcnLab.Scheduling.Datasets;
using LrcnLab.Scheduling.Machines;
using LrcnLab.Scheduling.Machines.Usage;
using LrcnLab.Scheduling.Notifications;
using LrcnLab.Scheduling.Queue;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Storage.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LrcnLab.Scheduling;

public static class SchedulingServices
{
    /// <summary>Queue, slots, supervision of workers and reconciler. Needs <see cref="StorageServices.AddLabStorage"/> and a database that is ready before the host starts.</summary>
    public static IServiceCollection AddLabScheduling(this IServiceCollection services, LabOptions options)
    {
        services.AddSingleton(p =>
        {
            // Sets up what the storage needs, such as logs.
            p.GetRequiredService<IGlobalConfiguration>();
            return Storage(options);
        });
        services.AddHangfire((p, hangfire) => hangfire
            .UseLogProvider(new HangfireLogs(p.GetRequiredService<ILoggerFactory>()))
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings());

        services.AddSingleton<ServerIdentity>();
        services.AddSingleton<ActiveRuns>();
        services.AddSingleton(p => new Machine(options, p.GetRequiredService<ServerIdentity>(), p.GetRequiredService<LabWriter>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RunDurations>();
        services.AddSingleton<QueueReader>();
        services.AddSingleton<SlotLeases>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<RunFeed>();
        services.AddSingleton<RunLog>();
        services.AddSingleton<RunIngest>();
        services.AddSingleton<RunEnding>();
        services.AddSingleton<RunRecovery>();
        services.AddSingleton<Supervision>();
        services.AddTransient<TrainJob>();
        services.AddSingleton<RunChecks>();
        services.AddSingleton<RunMaker>();
        services.AddSingleton<RunBin>();
        services.AddSingleton<WeightsService>();
        services.AddSingleton<RunLabels>();
        services.AddSingleton<SpecProbe>();
        services.AddSingleton<RetentionService>();
        services.AddSingleton<SecondPhases>();
        services.AddSingleton(p => new RunService(
            p.GetRequiredService<LabWriter>(), p.GetRequiredService<IDbContextFactory<LabDbContext>>(), p.GetRequiredService<RunChecks>(), p.GetRequiredService<RunMaker>(), p.GetRequiredService<Dispatcher>(), p.GetRequiredService<RunFeed>(), p.GetRequiredService<DiskReserve>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new QueueService(
            p.GetRequiredService<LabWriter>(), p.GetRequiredService<Dispatcher>(), p.GetRequiredService<IDbContextFactory<LabDbContext>>(), p.GetRequiredService<RunFeed>(), p.GetRequiredService<TimeProvider>()));

        services.AddSingleton(p => new LimitService(
            p.GetRequiredService<LabWriter>(), p.GetRequiredService<Dispatcher>(), p.GetRequiredService<RunFeed>(), p.GetRequiredService<TimeProvider>()));

        services.AddSingleton<DatasetRecorder>();
        services.AddSingleton<VersionFolders>();
        services.AddSingleton(p => new VersionService(
            p.GetRequiredService<DatasetRecorder>(), p.GetRequiredService<VersionFolders>(), p.GetRequiredService<IDbContextFactory<LabDbContext>>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ImportRecovery>();
        services.AddTransient<ImportJob>();
        services.AddSingleton<ImportSources>();
        services.AddSingleton<ImportWorker>();
        services.AddSingleton(p => new ImportPreviews(p.GetRequiredService<ImportSources>(), p.GetRequiredService<ImportWorker>(), p.GetRequiredService<DiskReserve>()));
        services.AddSingleton<DatasetService>();
        services.AddSingleton<ImportFolders>();
        services.AddSingleton<UploadService>();
        services.AddSingleton<UploadReceiver>();
        services.AddHostedService<UploadUpkeep>();
        services.AddHostedService<IntegrityUpkeep>();

        services.AddSingleton<WebhookHttp>();
        services.AddSingleton<NotificationUpkeep>();
        services.AddSingleton<WebhookSender>();
        services.AddHostedService(p => p.GetRequiredService<WebhookSender>());
        services.AddHostedService<NotificationWatch>();
        services.AddSingleton(p => new WebhookService(p.GetRequiredService<LabWriter>(), p.GetRequiredService<WebhookSender>(), p.GetRequiredService<TimeProvider>()));

        services.AddSingleton<ClipRenderer>();

        // Before Hangfire's servers, so that imports of an earlier life are ended before a new one can start.
        services.AddHostedService<Reconciler>();
        services.AddHostedService<TrainServer>();
        services.AddSingleton<NvidiaSmi>();
        services.AddSingleton<SystemMonitor>();
        services.AddHostedService(p => p.GetRequiredService<SystemMonitor>());
        services.AddHangfireServer((p, server) => HangfireServers.Set(server, new AspNetCoreJobActivator(p.GetRequiredService<IServiceScopeFactory>()), options, QueueNames.Maintenance, workers: 2));
        return services;
    }

    /// <summary>In memory with SQLite: the runs table is the truth and makes the jobs anew at each start.</summary>
    private static JobStorage Storage(LabOptions options)
    {
        if (options.Database.Provider == DatabaseProvider.Sqlite)
            return new InMemoryStorage(new InMemoryStorageOptions { IdType = InMemoryStorageIdType.Guid });

        // Sliding, because the default takes every job that runs longer than half an hour for lost and starts it a second time.
        var postgres = new PostgreSqlStorageOptions { UseSlidingInvisibilityTimeout = true, InvisibilityTimeout = TimeSpan.FromMinutes(5), EnableLongPolling = true };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(options.Database.ConnectionString, postgres), postgres);
    }
}
