using System.Net;
using System.Text.RegularExpressions;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>A backup is made while a run trains, read through, and brings back what was removed, from the page and from the command line.</summary>
public sealed class BackupTests(Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RemovedRun_ComesBackFromABackup()
    {
        string data = TestPaths.NewFolder("backup"), setting = $"--Lab:DataDirectory={data}";
        LabProcess lab = await LabProcess.StartAsync(data, Cancel);
        try
        {
            await LabApi.WaitAsync(async () => (await lab.Api.ItemsAsync("datasets", Cancel)).FirstOrDefault(), TimeSpan.FromMinutes(3), "the sample data set", Cancel);
            Guid run = await lab.Api.CreateRunAsync("precious", Lab.SmallSpec(epochs: 1), Cancel);
            await lab.Api.WaitForStateAsync(run, TimeSpan.FromMinutes(3), Cancel, "completed");
            Guid busy = await lab.Api.CreateRunAsync("busy", Lab.SmallSpec(epochs: 500), Cancel);
            await lab.Api.WaitForStateAsync(busy, TimeSpan.FromMinutes(1), Cancel, "running");
            string weights = (await lab.Api.ItemsAsync($"runs/{run}/checkpoints", Cancel))[0]!["sha256"]!.GetValue<string>();

            IPage page = await browser.NewPageAsync(lab);
            await page.GotoAsync("/settings/backup");
            await page.GetByRole(AriaRole.Button, new() { Name = "Back up now" }).ClickAsync();
            ILocator outcome = page.GetByTestId("backup-outcome");
            await Expect(outcome).ToContainTextAsync(new Regex(@"^lrcnlab-.+\.zip is written: \d+ files\.$"), new() { Timeout = 60_000 });
            string name = (await page.GetByTestId("backup").GetByRole(AriaRole.Link).TextContentAsync())!;
            await page.GetByRole(AriaRole.Button, new() { Name = $"Verify {name}" }).ClickAsync();
            await Expect(outcome).ToContainTextAsync($"{name} is whole", new() { Timeout = 60_000 });
            await PageCheck.RunAsync(page, "backup");

            (int code, string output) = await LabProcess.RunToEndAsync(Cancel, "backup", setting);
            Assert.True(code == 0, output);
            string second = Directory.EnumerateFiles(Path.Combine(data, "backups"), "*.zip").Single(f => Path.GetFileName(f) != name);
            Assert.Contains(second, output, StringComparison.Ordinal);
            (code, output) = await LabProcess.RunToEndAsync(Cancel, "verify", second, setting);
            Assert.True(code == 0 && output.Contains("is whole", StringComparison.Ordinal), output);
            (code, output) = await LabProcess.RunToEndAsync(Cancel, "restore", second, setting);
            Assert.True(code == 2 && output.Contains("uses the data folder", StringComparison.Ordinal), output);

            await lab.Api.Http.DeleteAsync($"runs/{run}", Cancel);
            using (HttpResponseMessage gone = await lab.Api.Http.DeleteAsync($"runs/{run}?permanently=true", Cancel))
                Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
            await page.GetByRole(AriaRole.Button, new() { Name = $"Restore {name}" }).ClickAsync();
            await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Restore at the next start" }).ClickAsync();
            await Expect(page.GetByTestId("restore-requested")).ToContainTextAsync($"restores {name}");
            await PageCheck.RunAsync(page, "backup-restore");
            await page.Context.CloseAsync();

            await lab.StopAsync(Cancel);
            await lab.DisposeAsync();
            lab = await LabProcess.StartAsync(data, Cancel);
            Assert.Contains($"{name} is restored", lab.Output, StringComparison.Ordinal);
            Assert.Equal("completed", await lab.Api.StateAsync(run, Cancel));
            Assert.Equal(weights, (await lab.Api.ItemsAsync($"runs/{run}/checkpoints", Cancel))[0]!["sha256"]!.GetValue<string>());
            Assert.Equal(35, (await lab.Api.ItemsAsync($"runs/{run}/metrics?key=train/loss", Cancel))[0]!["steps"]!.AsArray().Count);
            // It trained when the backup was made, and goes on from what was known then.
            await lab.Api.WaitForStateAsync(busy, TimeSpan.FromMinutes(1), Cancel, "running");
            Assert.Single(Directory.EnumerateDirectories(data, "before-restore-*"));
            Assert.False(File.Exists(Path.Combine(data, "restore.request.json")));

            await DamageIsFoundAsync(lab, Path.Combine(data, "artifacts", weights[..2], weights));
            await lab.StopAsync(Cancel);
            (code, output) = await LabProcess.RunToEndAsync(Cancel, "restore", second, setting);
            Assert.True(code == 0 && output.Contains("is restored", StringComparison.Ordinal), output);
            (code, output) = await LabProcess.RunToEndAsync(Cancel, "restroe", second, setting);
            Assert.True(code == 2 && output.Contains("is no command", StringComparison.Ordinal), output);
        }
        finally
        {
            await lab.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
    }

    private async Task DamageIsFoundAsync(LabProcess lab, string checkpoint)
    {
        IPage page = await browser.NewPageAsync(lab);
        await page.GotoAsync("/settings/integrity");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();
        ILocator report = page.GetByTestId("integrity-report");
        await Expect(report).ToContainTextAsync("All is well", new() { Timeout = 60_000 });
        byte[] content = await File.ReadAllBytesAsync(checkpoint, Cancel);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(checkpoint, content, Cancel);
        string stray = Path.Combine(Path.GetDirectoryName(checkpoint)!, new string('a', 64));
        await File.WriteAllTextAsync(stray, "left behind", Cancel);
        File.SetLastWriteTimeUtc(stray, DateTime.UtcNow.AddDays(-2));

        await page.GetByRole(AriaRole.Button, new() { Name = "Check now" }).ClickAsync();
        await Expect(page.GetByTestId("damaged")).ToContainTextAsync("Its content changed", new() { Timeout = 60_000 });
        await Expect(page.GetByTestId("damaged")).ToContainTextAsync("of precious");
        await Expect(report).ToContainTextAsync("Something is wrong");
        await PageCheck.RunAsync(page, "integrity-damaged");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove them" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.GetByTestId("orphans-removed")).ToContainTextAsync("One orphan is gone, 11 B are free again.");
        Assert.False(File.Exists(stray));
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "damaged or gone" })).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }
}
