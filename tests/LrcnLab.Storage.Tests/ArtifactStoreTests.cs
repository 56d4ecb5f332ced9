using System.Security.Cryptography;
using System.Text;
using LrcnLab.Storage.Entities;

namespace LrcnLab.Storage.Tests;

public sealed class ArtifactStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgresql];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Import_OfTheSameContentTwice_KeepsOneFile(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        string sha256 = Hash("content");
        string stored = await database.Artifacts.ImportAsync(Write(database, "a", "content"), sha256, Cancel);
        Assert.Equal(stored, await database.Artifacts.ImportAsync(Write(database, "b", "content"), sha256, Cancel));
        // As after a crash between move and commit: the source is gone, the content is there.
        Assert.Equal(stored, await database.Artifacts.ImportAsync(Path.Combine(database.Folder, "a"), sha256, Cancel));

        Assert.EndsWith($"{Path.DirectorySeparatorChar}{sha256[..2]}{Path.DirectorySeparatorChar}{sha256}", stored, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(database.Paths.ArtifactRoot, "*", SearchOption.AllDirectories));
        using var reader = new StreamReader(database.Artifacts.OpenRead(sha256)!);
        Assert.Equal("content", await reader.ReadToEndAsync(Cancel));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Import_OfOtherContentThanPromised_IsRefused(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);

        await Assert.ThrowsAsync<InvalidDataException>(() => database.Artifacts.ImportAsync(Write(database, "a", "content"), Hash("other"), Cancel));
        Assert.Null(database.Artifacts.OpenRead(Hash("other")));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task RemoveUnreferenced_KeepsWhatIsReferredToOrOnItsWay(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        Guid run = await database.AddRunAsync();
        foreach (string content in (string[])["kept", "free", "coming"])
            await database.Artifacts.ImportAsync(Write(database, content, content), Hash(content), Cancel);
        await database.Writer.WriteAsync(
            db =>
            {
                db.PredictionFiles.Add(new PredictionFile { RunId = run, Split = "test", Epoch = 1, Sha256 = Hash("kept"), Bytes = 4 });
                return Task.CompletedTask;
            },
            Cancel);

        using (database.Artifacts.TakeStored(Hash("coming")))
            Assert.Equal(1, await database.Artifacts.RemoveUnreferencedAsync(null, Cancel));
        Assert.NotNull(database.Artifacts.Find(Hash("kept")));
        Assert.NotNull(database.Artifacts.Find(Hash("coming")));
        Assert.Null(database.Artifacts.Find(Hash("free")));
        Assert.Equal(1, await database.Artifacts.RemoveUnreferencedAsync(null, Cancel));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task RemoveUnreferenced_WhileSomebodyHolds_RemovesNothing(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.Artifacts.ImportAsync(Write(database, "a", "content"), Hash("content"), Cancel);

        using (await ArtifactHold.AcquireAsync(database.Paths, Cancel))
        using (await ArtifactHold.AcquireAsync(database.Paths, Cancel))
            Assert.Equal(0, await database.Artifacts.RemoveUnreferencedAsync(null, Cancel));

        Assert.NotNull(database.Artifacts.Find(Hash("content")));
        Assert.Equal(1, await database.Artifacts.RemoveUnreferencedAsync(null, Cancel));
        Assert.Equal(0, await database.Artifacts.RemoveUnreferencedAsync(null, Cancel));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task OpenRead_WhileItIsRemoved_ReadsOn(DatabaseProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        await database.Artifacts.ImportAsync(Write(database, "a", "content"), Hash("content"), Cancel);
        using var reader = new StreamReader(database.Artifacts.OpenRead(Hash("content"))!);
        await database.Artifacts.RemoveUnreferencedAsync([Hash("content")], Cancel);

        Assert.Equal("content", await reader.ReadToEndAsync(Cancel));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("ABCDEF")]
    public async Task OpenRead_OfNoHash_Throws(string text)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();
        Assert.Throws<ArgumentException>(() => database.Artifacts.OpenRead(text));
    }

    private static string Write(TestDatabase database, string name, string content)
    {
        string file = Path.Combine(database.Folder, name);
        File.WriteAllText(file, content);
        return file;
    }

    private static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
