using LrcnLab.EndToEnd.Tests.Fixtures;
using Xunit;

namespace LrcnLab.EndToEnd.Tests;

/// <summary>What starting the program promises, before any page is opened.</summary>
public sealed class StartTests(Lab shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_PrintsItsAddressAndWhereDataLies()
    {
        LabProcess lab = await shared.GetAsync(Cancel);

        Assert.Contains(lab.Address.ToString().TrimEnd('/'), lab.Output, StringComparison.Ordinal);
        Assert.Contains(shared.DataFolder, lab.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OnAFolderThatAnotherUses_RefusesWithOneSentence()
    {
        await shared.GetAsync(Cancel);
        (int exitCode, string output) = await LabProcess.RunToEndAsync(Cancel, "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0", $"--Lab:DataDirectory={shared.DataFolder}");

        Assert.Equal(2, exitCode);
        string line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("LrcnLab cannot start:", line, StringComparison.Ordinal);
        Assert.Contains(shared.DataFolder, line, StringComparison.Ordinal);
        Assert.True(await (await shared.GetAsync(Cancel)).Api.IsHealthyAsync(Cancel));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://192.168.0.1:0")]
    public async Task Start_OnAnAddressThatOthersReach_Refuses(string url)
    {
        string data = TestPaths.NewFolder("refused");
        try
        {
            (int exitCode, string output) = await LabProcess.RunToEndAsync(Cancel, $"--Kestrel:Endpoints:Http:Url={url}", $"--Lab:DataDirectory={data}");

            Assert.Equal(2, exitCode);
            Assert.Contains(url, output, StringComparison.Ordinal);
            Assert.Contains("127.0.0.1", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Start_OnAPortThatIsTaken_SaysSoInOneSentence()
    {
        LabProcess lab = await shared.GetAsync(Cancel);
        string data = TestPaths.NewFolder("refused");
        try
        {
            (int exitCode, string output) = await LabProcess.RunToEndAsync(Cancel, $"--Kestrel:Endpoints:Http:Url={lab.Address}", $"--Lab:DataDirectory={data}");

            Assert.Equal(2, exitCode);
            Assert.Contains($":{lab.Address.Port}", output, StringComparison.Ordinal);
            Assert.StartsWith("LrcnLab cannot start:", output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
            Assert.DoesNotContain("Unhandled exception", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Theory]
    [InlineData("--Lab:Slots=65", "Lab:Slots is 65: allowed are 0 to 64.")]
    [InlineData("--Lab:WorkerPath=/nowhere/worker.dll", "Lab:WorkerPath is \"/nowhere/worker.dll\", which does not exist")]
    public async Task Start_WithAWrongSetting_NamesKeyAndWhatIsAllowed(string argument, string expected)
    {
        string data = TestPaths.NewFolder("refused");
        try
        {
            (int exitCode, string output) = await LabProcess.RunToEndAsync(Cancel, "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0", $"--Lab:DataDirectory={data}", argument);

            Assert.Equal(2, exitCode);
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public void WebProgram_CarriesNoTensorOrMediaLibrary()
    {
        string dependencies = File.ReadAllText(Path.ChangeExtension(TestPaths.WebProgram, ".deps.json"));
        string[] native = ["TorchSharp", "libtorch", "SkiaSharp", "OpenCv"];

        Assert.All(native, name => Assert.DoesNotContain(name, dependencies, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(TestPaths.WebProgram)!, "*", SearchOption.AllDirectories), f => native.Any(n => Path.GetFileName(f).Contains(n, StringComparison.OrdinalIgnoreCase)));
    }
}
