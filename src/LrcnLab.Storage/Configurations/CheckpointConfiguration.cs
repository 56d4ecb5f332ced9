using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class CheckpointConfiguration : IEntityTypeConfiguration<Checkpoint>
{
    public void Configure(EntityTypeBuilder<Checkpoint> builder)
    {
        builder.HasOne<Run>().WithMany().HasForeignKey(c => c.RunId);
        builder.Property(c => c.Kind).HasMaxLength(40);
        builder.Property(c => c.Name).HasMaxLength(100);
        builder.Property(c => c.Sha256).HasMaxLength(64);
        builder.Property(c => c.WeightsSha256).HasMaxLength(64);
        builder.Property(c => c.Metrics).HasJson();
        // The checkpoints of a run; one a kind.
        builder.HasIndex(c => new { c.RunId, c.Kind }).IsUnique();
        // Whether an artifact is still referred to.
        builder.HasIndex(c => c.Sha256);
    }
}
