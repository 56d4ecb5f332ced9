using System.Net;
using LrcnLab.Core.Notifications;
using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Core.Tests.Notifications;

public sealed class WebhookRulesTests
{
    /// <summary>The value is openssl's: <c>printf '1700000000.{"a":"ü"}' | openssl dgst -sha256 -hmac s3cret</c>.</summary>
    [Fact]
    public void Sign_IsWhatOpensslSays() =>
        Assert.Equal("v1=eb23aec996758b1cbeaf42b04587ccf73f579ffad3ea013084b0c89303fac6cd", WebhookRules.Sign("s3cret", 1_700_000_000, "{\"a\":\"ü\"}"));

    [Fact]
    public void WaitAfter_GrowsAndEnds()
    {
        TimeSpan?[] waits = [.. Enumerable.Range(1, WebhookRules.MostAttempts).Select(i => WebhookRules.WaitAfter(i, 0))];
        Assert.Equal([10, 60, 300, 1800, 7200, 21600], waits[..^1].Select(w => w!.Value.TotalSeconds));
        Assert.Null(waits[^1]);
        Assert.Equal(12, WebhookRules.WaitAfter(1, 1)!.Value.TotalSeconds);
    }

    [Theory]
    [InlineData("https://example.org/hook", null)]
    [InlineData("http://localhost:8080/", null)]
    [InlineData("http://10.0.0.7/x", null)]
    [InlineData("ftp://example.org/", "is no address")]
    [InlineData("example.org", "is no address")]
    [InlineData("file:///etc/passwd", "is no address")]
    [InlineData("https://user:word@example.org/", "with a name and a password")]
    [InlineData("http://169.254.169.254/latest/meta-data", "link-local")]
    [InlineData("http://[fe80::1]/", "link-local")]
    [InlineData("http://0.0.0.0/", "link-local, multicast or empty")]
    public void Refusal_SaysWhatIsWrong(string address, string? expected)
    {
        string? refusal = WebhookRules.Refusal(address);
        if (expected is null)
            Assert.Null(refusal);
        else
            Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("169.254.0.1", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("64:ff9b::169.254.169.254", true)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("224.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("ff02::1", true)]
    [InlineData("::", true)]
    public void IsForbidden_KnowsAddressesWithoutReceivers(string address, bool forbidden) => Assert.Equal(forbidden, WebhookRules.IsForbidden(IPAddress.Parse(address)));

    [Theory]
    [InlineData(RunState.Completed, null, NotificationKind.RunCompleted)]
    [InlineData(RunState.Failed, null, NotificationKind.RunFailed)]
    [InlineData(RunState.Stopped, null, NotificationKind.RunStopped)]
    [InlineData(RunState.Stopped, "ada", null)]
    [InlineData(RunState.Canceled, "ada", null)]
    [InlineData(RunState.Interrupted, null, NotificationKind.RunInterrupted)]
    [InlineData(RunState.Queued, null, null)]
    [InlineData(RunState.Paused, null, null)]
    public void Moves_ThatAreTold(RunState to, string? person, NotificationKind? expected) => Assert.Equal(expected, RunNotices.Of(to, person, pausesByItself: false));
}
