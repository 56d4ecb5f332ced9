using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class PredictionFileConfiguration : IEntityTypeConfiguration<PredictionFile>
{
    public void Configure(EntityTypeBuilder<PredictionFile> builder)
    {
        builder.HasKey(p => new { p.RunId, p.Split, p.Epoch });
        builder.HasOne<Run>().WithMany().HasForeignKey(p => p.RunId);
        builder.Property(p => p.Split).HasMaxLength(20);
        builder.Property(p => p.Sha256).HasMaxLength(64);
        // Whether an artifact is still referred to.
        builder.HasIndex(p => p.Sha256);
    }
}
