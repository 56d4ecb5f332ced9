using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class MetricSeriesConfiguration : IEntityTypeConfiguration<MetricSeries>
{
    public void Configure(EntityTypeBuilder<MetricSeries> builder)
    {
        builder.HasOne<Run>().WithMany().HasForeignKey(s => s.RunId);
        builder.Property(s => s.Key).HasMaxLength(200);
        builder.Property(s => s.RowVersion).IsConcurrencyToken();
        builder.Ignore(s => s.LowerIsBetter).Ignore(s => s.Best);
        builder.ComplexProperty(s => s.First);
        builder.ComplexProperty(s => s.Last);
        builder.ComplexProperty(s => s.Min);
        builder.ComplexProperty(s => s.Max);
        // The series of a run, and of many runs for the table.
        builder.HasIndex(s => new { s.RunId, s.Key }).IsUnique();
    }
}
