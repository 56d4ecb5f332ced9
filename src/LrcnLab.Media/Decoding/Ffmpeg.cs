using System.Diagnostics;

namespace LrcnLab.Media.Decoding;

/// <summary>The separate programs ffmpeg and ffprobe, where they are installed.</summary>
public sealed record Ffmpeg(string Decoder, string Prober)
{
    /// <summary>Null when this machine has none on its PATH.</summary>
    public static Ffmpeg? Installed { get; } = Find(Environment.GetEnvironmentVariable("PATH"));

    /// <summary>The command that installs it on this kind of machine.</summary>
    public static string InstallCommand =>
        OperatingSystem.IsWindows() ? "winget install ffmpeg" : OperatingSystem.IsMacOS() ? "brew install ffmpeg" : "apt-get install ffmpeg";

    /// <summary>Looks for both programs in the folders of a PATH variable.</summary>
    public static Ffmpeg? Find(string? searchPath)
    {
        string suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        string? Program(string name) => (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, name + suffix)).FirstOrDefault(File.Exists);
        return Program("ffmpeg") is { } decoder && Program("ffprobe") is { } prober ? new Ffmpeg(decoder, prober) : null;
    }

    /// <summary>Says that a file needs ffmpeg, and how to get it.</summary>
    public static MediaException Missing(string path, string format) =>
        new($"{path} is {format} video, which needs the program ffmpeg, and ffmpeg is not installed. Install it ({InstallCommand}), restart LrcnLab and import again.");

    /// <summary>Linux' program that starts another with limits; the kernel then refuses memory beyond <see cref="MediaLimits.MaxMemoryBytes"/>. Elsewhere only ffmpeg's own limit holds.</summary>
    private static readonly string? Limiter = OperatingSystem.IsLinux() ? new[] { "/usr/bin/prlimit", "/bin/prlimit" }.FirstOrDefault(File.Exists) : null;

    /// <summary>No shell, no standard input (the caller's own carries requests), only local files of known containers, bounded memory.</summary>
    internal static ProcessStartInfo Command(string program, IEnumerable<string> arguments) => new(
        Limiter ?? program, Limiter is null ? arguments : [$"--as={MediaLimits.MaxMemoryBytes}", "--core=0", "--", program, .. arguments])
    {
        UseShellExecute = false,
        CreateNoWindow = true,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    /// <summary>Arguments that name the input; a path that looks like an option or an address stays a path.</summary>
    internal static string[] Input(string path) =>
        ["-max_alloc", $"{MediaLimits.MaxAllocation - 1}", "-protocol_whitelist", "file", "-format_whitelist", "mov,matroska,avi,flv,asf,ogg,mpeg,mpegvideo,mpegts", "-i", "file:" + Path.GetFullPath(path)];
}
