using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class LeaseSlotConfiguration : IEntityTypeConfiguration<LeaseSlot>
{
    public void Configure(EntityTypeBuilder<LeaseSlot> builder)
    {
        // One run a slot, held by the database itself.
        builder.HasKey(s => new { s.Node, s.Slot });
        builder.HasOne<Lease>().WithMany(l => l.Slots).HasForeignKey(s => s.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(s => s.Node).HasMaxLength(200);
    }
}
