using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class ConfusionMatrixConfiguration : IEntityTypeConfiguration<ConfusionMatrix>
{
    public void Configure(EntityTypeBuilder<ConfusionMatrix> builder)
    {
        builder.HasKey(m => new { m.RunId, m.Split, m.Epoch });
        builder.HasOne<Run>().WithMany().HasForeignKey(m => m.RunId);
        builder.Property(m => m.Split).HasMaxLength(20);
        builder.Property(m => m.Counts).HasJson();
    }
}
