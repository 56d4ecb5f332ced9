using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LrcnLab.Storage.Configurations;

internal sealed class RunConfiguration : IEntityTypeConfiguration<Run>
{
    public void Configure(EntityTypeBuilder<Run> builder)
    {
        builder.Property(r => r.Name).HasMaxLength(200);
        builder.Property(r => r.Preset).HasMaxLength(100);
        builder.Property(r => r.FailureLabel).HasMaxLength(50);
        builder.Property(r => r.WeightsSha256).HasMaxLength(64);
        builder.Property(r => r.BinnedBy).HasMaxLength(100);
        builder.Property(r => r.Notes).HasDefaultValue("");
        builder.Property(r => r.RowVersion).IsConcurrencyToken();
        builder.HasOne(r => r.DatasetVersion).WithMany().HasForeignKey(r => r.DatasetVersionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(r => r.Project).WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(r => r.Experiment).WithMany().HasForeignKey(r => r.ExperimentId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(r => r.Sweep).WithMany().HasForeignKey(r => r.SweepId).OnDelete(DeleteBehavior.Restrict);
        // The queue in order, and the runs that should have a worker.
        builder.HasIndex(r => new { r.State, r.Priority, r.QueueOrder }).IsDescending(false, true, false);
        // Waiting runs that are alike to the scheduler, counted without reading their rows.
        builder.HasIndex(r => new { r.State, r.Priority, r.ProjectId, r.ExperimentId, r.SweepId, r.DeviceAsked, r.SlotsAsked, r.QueueOrder, r.Id });
        // What was made from a run.
        builder.HasIndex(r => r.ParentId);
        // Who holds on to a file of weights.
        builder.HasIndex(r => r.WeightsSha256);
        // The bin.
        builder.HasIndex(r => r.BinnedAt);
        // The table of runs, newest first.
        builder.HasIndex(r => r.CreatedAt);
    }
}
