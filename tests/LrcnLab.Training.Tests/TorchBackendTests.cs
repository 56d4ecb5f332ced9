using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Xunit;

namespace LrcnLab.Training.Tests;

public sealed class TorchBackendTests
{
    [Theory]
    [InlineData("cpu", "libtorch-cpu-")]
    [InlineData("cuda", "TorchSharp-cuda-")]
    public async Task References_OfTheBackend_AreThatOfThisSystem(string backend, string package)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsWindows(), "no CUDA on this system");
        string project = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../src/LrcnLab.Training/LrcnLab.Training.csproj");
        Assert.SkipUnless(File.Exists(project), "the sources are not here");
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-getItem:PackageReference", $"-p:TorchBackend={backend}"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string json = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        string[] references = [.. JsonDocument.Parse(json).RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(p => p.GetProperty("Identity").GetString()!)];
        string system = OperatingSystem.IsLinux() ? "linux" : "win";
        Assert.Contains(references, r => r.StartsWith(package + system, StringComparison.Ordinal));
        Assert.Single(references, r => r.Contains("libtorch", StringComparison.Ordinal) || r.Contains("cuda", StringComparison.Ordinal));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
