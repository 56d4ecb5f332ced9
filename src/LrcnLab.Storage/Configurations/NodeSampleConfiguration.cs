using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class NodeSampleConfiguration : IEntityTypeConfiguration<NodeSample>
{
    public void Configure(EntityTypeBuilder<NodeSample> builder)
    {
        builder.HasKey(s => new { s.Node, s.Time });
        builder.Property(s => s.Node).HasMaxLength(200);
        builder.HasOne<Node>().WithMany().HasForeignKey(s => s.Node).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(s => s.Time);
        builder.Property(s => s.Usage).HasJson();
    }
}
