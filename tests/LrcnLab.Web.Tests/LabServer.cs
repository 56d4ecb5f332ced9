using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace LrcnLab.Web.Tests;

/// <summary>The whole program in this process, on a fresh data folder.</summary>
public class LabServer : WebApplicationFactory<Program>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lrcnlab-web-").FullName;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Lab:DataDirectory", _folder);
        // No sample here: these tests are about what the server answers, not about importing.
        builder.UseSetting("Lab:SamplesDirectory", Path.Combine(_folder, "no-samples"));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
