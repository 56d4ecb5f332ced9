using LrcnLab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LrcnLab.Migrations.PostgreSql;

/// <summary>Lets <c>dotnet ef</c> build the model for this provider; no database is opened.</summary>
public sealed class DesignTimeFactory : IDesignTimeDbContextFactory<LabDbContext>
{
    public LabDbContext CreateDbContext(string[] args)
    {
        var options = new LabOptions { Database = new DatabaseOptions { Provider = DatabaseProvider.Postgresql, ConnectionString = "Host=localhost" } };
        var builder = new DbContextOptionsBuilder<LabDbContext>();
        builder.UseLab(options);
        return new LabDbContext(builder.Options);
    }
}
