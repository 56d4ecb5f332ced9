using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class DatasetVersionConfiguration : IEntityTypeConfiguration<DatasetVersion>
{
    public void Configure(EntityTypeBuilder<DatasetVersion> builder)
    {
        builder.Property(v => v.Hash).HasMaxLength(64);
        builder.Property(v => v.Layout).HasMaxLength(40);
        builder.Property(v => v.Task).HasMaxLength(40);
        // The newest version of a data set.
        builder.HasIndex(v => new { v.DatasetId, v.Number }).IsUnique();
    }
}
