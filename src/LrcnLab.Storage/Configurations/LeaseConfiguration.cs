using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class LeaseConfiguration : IEntityTypeConfiguration<Lease>
{
    public void Configure(EntityTypeBuilder<Lease> builder)
    {
        builder.HasKey(l => l.RunId);
        builder.HasOne<Run>().WithOne().HasForeignKey<Lease>(l => l.RunId);
        builder.Property(l => l.Node).HasMaxLength(200);
        builder.Property(l => l.Owner).HasMaxLength(300);
        builder.HasIndex(l => l.Node);
    }
}
