using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Microsoft.Playwright;
using Npgsql;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>
/// Pages whose data comes late, on PostgreSQL: the browser has drawn the page, and says so, while a query still waits. SQLite answers before anything else can happen.
/// </summary>
public sealed class SlowPageTests(Browser browser)
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(400);

    private static readonly string[] Tables = ["Datasets", "DatasetVersions", "Samples", "Imports", "Runs"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryPage_WhileTheDatabaseWaits_IsShownLater()
    {
        string? server = Environment.GetEnvironmentVariable("LRCNLAB_TEST_POSTGRES");
        Assert.SkipWhen(string.IsNullOrEmpty(server), "needs PostgreSQL: LRCNLAB_TEST_POSTGRES is not set");
        string data = TestPaths.NewFolder("data"), name = $"lrcnlab_test_{Guid.CreateVersion7():N}";
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server);
        await ExecuteAsync($"CREATE DATABASE {name}");
        try
        {
            string connection = new NpgsqlConnectionStringBuilder(server) { Database = name }.ToString();
            await using LabProcess lab = await LabProcess.StartAsync(data, Cancel, "--Lab:Database:Provider=postgresql", $"--Lab:Database:ConnectionString={connection}");
            await using NpgsqlDataSource database = NpgsqlDataSource.Create(connection);
            await VisitAsync(lab, database);
        }
        finally
        {
            await ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
            Directory.Delete(data, recursive: true);
        }

        async Task ExecuteAsync(string sql)
        {
            await using NpgsqlCommand command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task VisitAsync(LabProcess lab, NpgsqlDataSource database)
    {
        JsonNode dataset = await LabApi.WaitAsync(async () => (await lab.Api.ItemsAsync("datasets", Cancel)).FirstOrDefault(), TimeSpan.FromMinutes(3), "the sample data set", Cancel);
        IPage page = await browser.NewPageAsync(lab);
        var watch = new PageWatch(page, lab.Address);
        await page.GotoAsync("/");
        foreach ((string _, string address) in LabPages.WithoutRuns(dataset["id"]!.GetValue<string>()))
        {
            foreach (string table in Tables)
            {
                await using (NpgsqlConnection connection = await database.OpenConnectionAsync(Cancel))
                await using (NpgsqlTransaction locking = await connection.BeginTransactionAsync(Cancel))
                await using (var command = new NpgsqlCommand($"LOCK TABLE \"{table}\" IN ACCESS EXCLUSIVE MODE", connection, locking))
                {
                    await command.ExecuteNonQueryAsync(Cancel);
                    await page.EvaluateAsync("address => Blazor.navigateTo(address)", address);
                    await Task.Delay(Late, Cancel);
                }

                await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }).Or(page.GetByText("This page could not be shown"))).ToBeVisibleAsync();
                await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
                Assert.True(await page.GetByText("This page could not be shown").CountAsync() == 0, $"{address} while {table} was locked\n{lab.Output}");
                await page.EvaluateAsync("Blazor.navigateTo('/settings')");
            }
        }

        await page.Context.CloseAsync();
        watch.AssertNoFaults();
        Assert.DoesNotContain("Unhandled exception", lab.Output, StringComparison.Ordinal);
    }
}
