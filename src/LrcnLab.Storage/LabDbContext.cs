using LrcnLab.Storage.Configurations;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage;

/// <summary>The database. Reading: one context an operation from the factory. Writing: through <see cref="LabWriter"/> only.</summary>
public sealed class LabDbContext(DbContextOptions<LabDbContext> options) : DbContext(options)
{
    public DbSet<Project> Projects => Set<Project>();
    public DbSet<Experiment> Experiments => Set<Experiment>();
    public DbSet<Sweep> Sweeps => Set<Sweep>();
    public DbSet<Node> Nodes => Set<Node>();
    public DbSet<NodeSample> NodeSamples => Set<NodeSample>();
    public DbSet<Dataset> Datasets => Set<Dataset>();
    public DbSet<DatasetVersion> DatasetVersions => Set<DatasetVersion>();
    public DbSet<SampleRow> Samples => Set<SampleRow>();
    public DbSet<Import> Imports => Set<Import>();
    public DbSet<Upload> Uploads => Set<Upload>();
    public DbSet<UploadFile> UploadFiles => Set<UploadFile>();
    public DbSet<Run> Runs => Set<Run>();
    public DbSet<RunStateChange> RunStateChanges => Set<RunStateChange>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<Removal> Removals => Set<Removal>();
    public DbSet<Lease> Leases => Set<Lease>();
    public DbSet<LeaseSlot> LeaseSlots => Set<LeaseSlot>();
    public DbSet<SlotHold> SlotHolds => Set<SlotHold>();
    public DbSet<MetricSeries> MetricSeries => Set<MetricSeries>();
    public DbSet<MetricBlock> MetricBlocks => Set<MetricBlock>();
    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();
    public DbSet<Artifact> Artifacts => Set<Artifact>();
    public DbSet<ConfusionMatrix> ConfusionMatrices => Set<ConfusionMatrix>();
    public DbSet<Notification> Notifications => Set<Notification>();
    public DbSet<Webhook> Webhooks => Set<Webhook>();
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();
    public DbSet<PredictionFile> PredictionFiles => Set<PredictionFile>();
    public DbSet<SavedView> SavedViews => Set<SavedView>();
    public DbSet<WeightsFile> WeightsFiles => Set<WeightsFile>();
    public DbSet<SpecTemplate> SpecTemplates => Set<SpecTemplate>();

    /// <summary>Whether moves of runs that are saved are told of; not while history is copied from elsewhere. Whoever sets it sets it back.</summary>
    internal bool TellsOfMoves { get; set; } = true;

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        CountVersionsUp();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (TellsOfMoves)
            await Notifier.AddForMovesAsync(this, cancellationToken);
        CountVersionsUp();
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyConfigurationsFromAssembly(typeof(LabDbContext).Assembly);

    private void CountVersionsUp()
    {
        foreach (var entry in ChangeTracker.Entries<IVersioned>().Where(e => e.State == EntityState.Modified))
            entry.Entity.RowVersion++;
    }
}
