using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class SavedViewConfiguration : IEntityTypeConfiguration<SavedView>
{
    public void Configure(EntityTypeBuilder<SavedView> builder)
    {
        builder.Property(v => v.Page).HasMaxLength(20);
        builder.Property(v => v.Name).HasMaxLength(100);
        builder.HasIndex(v => new { v.Page, v.Name }).IsUnique();
    }
}
