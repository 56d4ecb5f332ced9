using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class RunStateChangeConfiguration : IEntityTypeConfiguration<RunStateChange>
{
    public void Configure(EntityTypeBuilder<RunStateChange> builder)
    {
        builder.HasOne<Run>().WithMany().HasForeignKey(c => c.RunId);
        builder.Property(c => c.Person).HasMaxLength(100);
        // The timeline of a run.
        builder.HasIndex(c => new { c.RunId, c.Id });
    }
}
