using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace LrcnLab.Core.Notifications;

/// <summary>How webhooks are signed, when they are tried again, and where they may go.</summary>
public static class WebhookRules
{
    public const string DeliveryHeader = "X-LrcnLab-Delivery", TimestampHeader = "X-LrcnLab-Timestamp", SignatureHeader = "X-LrcnLab-Signature";

    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6)];

    /// <summary>Attempts before a delivery is given up.</summary>
    public static int MostAttempts => Waits.Length + 1;

    /// <summary><c>v1=</c> and the lower-case hex of HMAC-SHA256 over <c>timestamp.body</c>: the time is signed too, so that an old message cannot be sent again as a new one.</summary>
    /// <param name="secret">As it was shown when the webhook was made.</param>
    /// <param name="timestamp">Seconds since 1970, UTC.</param>
    /// <param name="body">As it is sent, in UTF-8.</param>
    public static string Sign(string secret, long timestamp, string body) =>
        "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{timestamp}.{body}"))));

    /// <summary>How long to wait after an attempt that failed; null when it was the last.</summary>
    /// <param name="attempt">From 1.</param>
    /// <param name="random">From 0 to 1: spreads those that failed together by up to a fifth.</param>
    public static TimeSpan? WaitAfter(int attempt, double random) => attempt > Waits.Length ? null : Waits[attempt - 1] * (1 + 0.2 * random);

    /// <summary>Null when it can be an address of a webhook, else why not.</summary>
    public static string? Refusal(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            return $"\"{address}\" is no address for a webhook: write https://host/path, or http:// within your own network.";
        if (url.UserInfo.Length > 0)
            return "An address with a name and a password in it is not taken: everybody who sees the list would see them. The signature tells the receiver who sends.";
        return IPAddress.TryParse(url.Host.Trim('[', ']'), out IPAddress? ip) && IsForbidden(ip) ? Forbidden(ip) : null;
    }

    /// <summary>
    /// True for addresses behind which no receiver can be meant: link-local ones, where clouds answer with the machine's credentials, multicast, and none at all.
    /// Loopback and private networks are allowed, as a receiver is often on the same machine or beside it.
    /// </summary>
    public static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any) || (Translated(address) is { } inner && IsForbidden(inner));
        byte[] bytes = address.GetAddressBytes();
        return bytes[0] is 0 or >= 224 || bytes is [169, 254, ..];
    }

    /// <summary>The IPv4 address to which a network that knows only IPv6 translates this one (RFC 6052); null for any other.</summary>
    private static IPAddress? Translated(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes is [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..] ? new IPAddress(bytes[12..]) : null;
    }

    public static string Forbidden(IPAddress address) => $"{address} is a link-local, multicast or empty address, to which no webhook is sent.";
}
