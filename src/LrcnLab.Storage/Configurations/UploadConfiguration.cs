using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class UploadConfiguration : IEntityTypeConfiguration<Upload>, IEntityTypeConfiguration<UploadFile>
{
    public void Configure(EntityTypeBuilder<Upload> builder)
    {
        builder.ToTable("Uploads");
        builder.Property(u => u.Name).HasMaxLength(400);
        builder.HasMany(u => u.Files).WithOne().HasForeignKey(f => f.UploadId);
    }

    public void Configure(EntityTypeBuilder<UploadFile> builder)
    {
        builder.ToTable("UploadFiles");
        builder.HasKey(f => new { f.UploadId, f.Number });
        // The same file sent twice is one file.
        builder.HasIndex(f => new { f.UploadId, f.Path }).IsUnique();
    }
}
