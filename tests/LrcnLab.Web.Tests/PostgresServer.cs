using LrcnLab.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>The same on a new database of the PostgreSQL server that <c>LRCNLAB_TEST_POSTGRES</c> (a connection string) names; without one its tests are skipped.</summary>
public sealed class PostgresServer : LabServer, IAsyncLifetime
{
    private static readonly string? Place = Environment.GetEnvironmentVariable("LRCNLAB_TEST_POSTGRES");

    private readonly string _database = $"lrcnlab_test_{Guid.CreateVersion7():N}";

    public static void SkipWithout() => Assert.SkipWhen(string.IsNullOrEmpty(Place), "needs PostgreSQL: LRCNLAB_TEST_POSTGRES is not set");

    public async ValueTask InitializeAsync()
    {
        if (string.IsNullOrEmpty(Place))
            return;
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(Place);
        await using NpgsqlCommand create = source.CreateCommand($"CREATE DATABASE {_database}");
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        if (!string.IsNullOrEmpty(Place))
        {
            // Read before the services are gone, dropped after they have let go of it.
            var builder = new DbContextOptionsBuilder<LabDbContext>();
            builder.UseLab(Services.GetRequiredService<LabOptions>());
            await base.DisposeAsync();
            await using var db = new LabDbContext(builder.Options);
            NpgsqlConnection.ClearAllPools();
            await db.Database.EnsureDeletedAsync();
        }
        else
        {
            await base.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.UseSetting("Lab:Database:Provider", "postgresql");
        builder.UseSetting("Lab:Database:ConnectionString", new NpgsqlConnectionStringBuilder(Place) { Database = _database }.ToString());
    }
}
