using System.Diagnostics;
using System.Text.Json;
using LrcnLab.Core.Events;
using Xunit;

namespace LrcnLab.Worker.Tests;

/// <summary><c>kill -9</c> of a worker that prepares frames, at several moments.</summary>
public sealed class PrepareKillTests
{
    [Fact]
    public async Task Prepare_KilledAtSeveralMoments_GoesOnAndEndsWithTheSameFrames()
    {
        using var work = new Workspace();
        // Enough for several shards: a sample of 400 pictures each would take long to draw, so one is linked many times over.
        string[] pictures = Directory.GetFiles(Path.Combine(work.Videos, "train", "left", "1"));
        for (int video = 10; video < 22; video++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(work.Videos, "train", "left", $"{video}")).FullName;
            for (int t = 0; t < 400; t++)
                File.Copy(pictures[(t + video) % pictures.Length], Path.Combine(folder, $"frame_{t:D5}.png"));
        }

        string straight = Path.Combine(work.Output, "straight"), killed = Path.Combine(work.Output, "killed");
        await PrepareAsync(work, straight);
        int shards = Directory.GetFiles(Assert.Single(Directory.GetDirectories(straight, "*-16x12-gray")), "*.bin").Length;
        Assert.True(shards > 2, $"{shards} shards are too few to be killed between.");
        Directory.CreateDirectory(killed);
        Directory.Move(Path.Combine(straight, "dataset"), Path.Combine(killed, "dataset"));
        // Before the first shard is whole, after it, and after the second one.
        for (int whole = 0; whole < 3; whole++)
        {
            using WorkerProcess worker = WorkerProcess.Start("prepare", work.SpecPath, "--data", work.Videos, "--prepared", killed);
            long started = Stopwatch.GetTimestamp();
            while (Whole(killed).Length < whole && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1))
                await Task.Delay(2, TestContext.Current.CancellationToken);
            worker.Kill();
            await worker.ExitAsync();
        }

        Dictionary<string, DateTime> before = Whole(killed).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.NotEmpty(before);
        await PrepareAsync(work, killed);
        Assert.All(before, shard => Assert.Equal(shard.Value, File.GetLastWriteTimeUtc(shard.Key)));
        Assert.Equal(Content(straight), Content(killed));
    }

    [Fact]
    public async Task Prepared_ListsAndRemoves()
    {
        using var work = new Workspace();
        await PrepareAsync(work, work.Output);
        var (exit, lines, errors) = await WorkerProcess.RunAsync("prepared", work.Output, "--json");
        Assert.True(exit == WorkerProtocol.ExitDone, errors);
        using (JsonDocument listed = JsonDocument.Parse(string.Concat(lines)))
            Assert.True(listed.RootElement.EnumerateArray().Single().GetProperty("isWhole").GetBoolean());
        await WorkerProcess.RunAsync("prepared", work.Output, "--remove-unused", "1", "--json");
        Assert.NotEmpty(Whole(work.Output));
        await WorkerProcess.RunAsync("prepared", work.Output, "--remove-unused", "0", "--json");
        Assert.Empty(Whole(work.Output));
    }

    private static async Task PrepareAsync(Workspace work, string folder)
    {
        var (exit, _, errors) = await WorkerProcess.RunAsync("prepare", work.SpecPath, "--data", work.Videos, "--prepared", folder);
        Assert.True(exit == WorkerProtocol.ExitDone, errors);
    }

    /// <summary>Shards that are recorded as whole.</summary>
    private static string[] Whole(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetDirectories(folder, "*-16x12-gray").SelectMany(f => Directory.GetFiles(f, "frames-*.json")).Select(f => Path.ChangeExtension(f, ".bin")).Order()]
        : [];

    private static string[] Content(string folder) => [.. Whole(folder).Select(f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))))];
}
