using LrcnLab.Storage.Backup;
using LrcnLab.Storage.Integrity;
using LrcnLab.Storage.Metrics;
using LrcnLab.Storage.Transfer;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LrcnLab.Storage;

public static class StorageServices
{
    /// <summary>Database, metric store and artifact store. <paramref name="options"/> are resolved and free of problems.</summary>
    public static IServiceCollection AddLabStorage(this IServiceCollection services, LabOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(new LabPaths(options.DataDirectory, options.BackupDirectory));
        services.AddPooledDbContextFactory<LabDbContext>(builder => builder.UseLab(options));
        services.AddSingleton<DiskReserve>();
        services.AddSingleton<LabWriter>();
        services.AddSingleton<MetricStore>();
        services.AddSingleton<ArtifactStore>();
        services.AddSingleton<DatabaseInitializer>();
        services.AddSingleton<BackupWriter>();
        services.AddSingleton<BackupService>();
        services.AddSingleton<ProjectExporter>();
        services.AddSingleton<ProjectImporter>();
        services.AddSingleton<ArtifactVerifier>();
        services.AddSingleton<Orphans>();
        services.AddSingleton<IntegrityService>();
        return services;
    }

    /// <summary>Points a context at the configured database and its migrations.</summary>
    public static DbContextOptionsBuilder UseLab(this DbContextOptionsBuilder builder, LabOptions options) => options.Database.Provider switch
    {
        DatabaseProvider.Postgresql => builder.UseNpgsql(options.Database.ConnectionString, o => o.MigrationsAssembly("LrcnLab.Migrations.PostgreSql")),
        _ => builder.UseSqlite(SqliteConnectionString(options), o => o.MigrationsAssembly("LrcnLab.Migrations.Sqlite")),
    };

    private static string SqliteConnectionString(LabOptions options)
    {
        var connection = new SqliteConnectionStringBuilder(options.Database.ConnectionString);
        if (connection.DataSource.Length == 0)
            connection.DataSource = new LabPaths(options.DataDirectory).DatabaseFile;
        // The provider retries a busy database this long; PRAGMA busy_timeout has no effect on it.
        connection.DefaultTimeout = 30;
        return connection.ToString();
    }
}
