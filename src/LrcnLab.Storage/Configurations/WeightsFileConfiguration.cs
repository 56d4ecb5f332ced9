using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class WeightsFileConfiguration : IEntityTypeConfiguration<WeightsFile>
{
    public void Configure(EntityTypeBuilder<WeightsFile> builder)
    {
        builder.Property(w => w.Name).HasMaxLength(100);
        builder.Property(w => w.Sha256).HasMaxLength(64);
        builder.HasIndex(w => w.Name).IsUnique();
        builder.HasIndex(w => w.Sha256);
    }
}
