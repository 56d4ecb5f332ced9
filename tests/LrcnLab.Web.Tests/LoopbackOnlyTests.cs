using LrcnLab.Web.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class LoopbackOnlyTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5199", true)]
    [InlineData("http://localhost:0", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("http://0.0.0.0:5199", false)]
    [InlineData("http://*:5199", false)]
    [InlineData("http://+:5199", false)]
    [InlineData("http://[::]:5199", false)]
    [InlineData("http://192.168.1.5:5199", false)]
    [InlineData("http://127.0.0.1:1;http://10.0.0.1:2", false)]
    [InlineData("http://localhost.example:5199", false)]
    public void Refusal_OnlyLoopbackMayListen(string urls, bool allowed)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).Build();

        Assert.Equal(allowed, LoopbackOnly.Refusal(configuration) is null);
    }
}
