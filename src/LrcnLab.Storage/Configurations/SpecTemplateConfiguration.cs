using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class SpecTemplateConfiguration : IEntityTypeConfiguration<SpecTemplate>
{
    public void Configure(EntityTypeBuilder<SpecTemplate> builder)
    {
        builder.Property(t => t.Name).HasMaxLength(100);
        builder.Property(t => t.Summary).HasMaxLength(300);
        builder.Property(t => t.Preset).HasMaxLength(100);
        builder.HasIndex(t => t.Name).IsUnique();
    }
}
