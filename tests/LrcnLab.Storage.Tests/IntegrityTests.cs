using System.Text;
using LrcnLab.Storage.Integrity;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Storage.Tests;

public sealed class IntegrityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgresql];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Verify_FindsWhatIsDamagedOrGone_AndSaysWhoNeedsIt(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid run = await database.AddRunAsync();
        string[] files = [await AddAsync(database, run, "best"), await AddAsync(database, run, "last"), await AddAsync(database, run, "epoch-1"), await AddAsync(database, run, "epoch-2")];
        await File.WriteAllTextAsync(database.Paths.ArtifactFile(files[0]), "BEST", Cancel);
        await File.WriteAllTextAsync(database.Paths.ArtifactFile(files[1]), "la", Cancel);
        File.Delete(database.Paths.ArtifactFile(files[2]));
        ArtifactVerifier verifier = database.Get<ArtifactVerifier>();

        Assert.Equal((4, 3), await verifier.VerifyAsync(DateTime.UtcNow, null, null, Cancel));

        Dictionary<string, DamagedArtifact> damaged = (await verifier.DamagedAsync(Cancel)).ToDictionary(d => d.Sha256);
        Assert.Equal(files[..3].Order(), damaged.Keys.Order());
        Assert.StartsWith("Its content changed", damaged[files[0]].Problem, StringComparison.Ordinal);
        Assert.Equal("Its file has 2 bytes instead of 4.", damaged[files[1]].Problem);
        Assert.Equal("Its file is gone.", damaged[files[2]].Problem);
        Assert.Equal(["checkpoint \"best\" of run"], damaged[files[0]].Uses);

        // What was read lately is not read again; what was mended is well once more.
        Assert.Equal((0, 0), await verifier.VerifyAsync(DateTime.UtcNow.AddMinutes(-1), null, null, Cancel));
        await File.WriteAllTextAsync(database.Paths.ArtifactFile(files[0]), "best", Cancel);
        Assert.Equal((4, 2), await verifier.VerifyAsync(DateTime.UtcNow, null, null, Cancel));
        Assert.DoesNotContain(await verifier.DamagedAsync(Cancel), d => d.Sha256 == files[0]);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Orphans_AreFoundOnEitherSide_AndOnlyOldOnesGo(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid run = await database.AddRunAsync();
        string used = await AddAsync(database, run, "best"), gone = await AddAsync(database, run, "last"), unreferenced = await AddAsync(database, run, "epoch-1");
        await using (LabDbContext db = await database.OpenAsync())
            await db.Checkpoints.Where(c => c.Kind == "epoch-1").ExecuteDeleteAsync(Cancel);
        File.Delete(database.Paths.ArtifactFile(gone));
        string stray = Path.Combine(database.Paths.ArtifactRoot, "ab", new string('a', 64)), young = Path.Combine(database.Paths.ArtifactRoot, "incoming-1");
        string folder = database.Paths.RunFolder(Guid.CreateVersion7()), kept = database.Paths.RunFolder(run), other = Path.Combine(database.Paths.RunRoot, "notes");
        foreach (string file in (string[])[stray, young, Path.Combine(folder, "log"), Path.Combine(kept, "log"), Path.Combine(other, "text")])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "text", Cancel);
        }

        foreach (string file in (string[])[stray, database.Paths.ArtifactFile(unreferenced), database.Paths.ArtifactFile(used)])
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        foreach (string old in (string[])[folder, kept, other])
            Directory.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
        Orphans orphans = database.Get<Orphans>();

        OrphanReport report = await orphans.FindAsync(Cancel);

        Assert.Equal(unreferenced, Path.GetFileName(Assert.Single(report.Unreferenced).Path));
        Assert.Equal(Path.GetRelativePath(database.Folder, stray), Assert.Single(report.Strays).Path);
        Assert.Equal((Path.GetRelativePath(database.Folder, folder), 4L), (Assert.Single(report.Folders).Path, report.Folders[0].Bytes));
        Assert.Equal([gone], report.Missing);

        Assert.Equal(3, (await orphans.RemoveAsync(Cancel)).Count);
        Assert.Empty((await orphans.FindAsync(Cancel)).Removable);
        Assert.All([database.Paths.ArtifactFile(used), young, kept, other], p => Assert.True(Path.Exists(p), p));
    }

    [Fact]
    public async Task Service_ChecksEverythingOnDemand_AndByItselfOnlyWhatIsDue()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        string file = await AddAsync(database, await database.AddRunAsync(), "best");
        IntegrityService service = database.Get<IntegrityService>();
        await service.CheckDueAsync(Cancel);
        Assert.Equal((1, true), (service.Report!.Read, service.Report.IsWell));
        await File.WriteAllTextAsync(database.Paths.ArtifactFile(file), "????", Cancel);

        await service.CheckDueAsync(Cancel);
        Assert.Equal((0, true), (service.Report.Read, service.Report.IsWell));
        Assert.Null(service.Begin());
        Assert.NotNull(service.Begin());
        while (service.Progress is not null)
            await Task.Delay(20, Cancel);

        Assert.Equal((1, false), (service.Report!.Read, service.Report.IsWell));
        Assert.Null(service.Report.Database);
        Assert.Null(service.Failure);
    }

    private static Task<string> AddAsync(TestDatabase database, Guid run, string kind) => database.AddCheckpointAsync(run, kind, Encoding.UTF8.GetBytes(kind));
}
