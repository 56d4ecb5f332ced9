using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class MetricBlockConfiguration : IEntityTypeConfiguration<MetricBlock>
{
    public void Configure(EntityTypeBuilder<MetricBlock> builder)
    {
        builder.HasKey(b => new { b.SeriesId, b.Index });
        builder.HasOne<MetricSeries>().WithMany().HasForeignKey(b => b.SeriesId);
        // The blocks between two steps, in order.
        builder.HasIndex(b => new { b.SeriesId, b.FirstStep });
    }
}
