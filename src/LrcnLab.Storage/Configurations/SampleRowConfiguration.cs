using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class SampleRowConfiguration : IEntityTypeConfiguration<SampleRow>
{
    public void Configure(EntityTypeBuilder<SampleRow> builder)
    {
        builder.ToTable("Samples");
        builder.HasKey(s => new { s.VersionId, s.Index });
        builder.HasOne<DatasetVersion>().WithMany().HasForeignKey(s => s.VersionId);
        builder.Property(s => s.Sha256).HasMaxLength(64);
        // Flags combine, so they are a number and no name.
        builder.Property(s => s.Flags).HasConversion<int>();
        // The clips of one class and split, page by page.
        builder.HasIndex(s => new { s.VersionId, s.Split, s.Label, s.Index });
    }
}
