using System.Reflection;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LrcnLab.Training;

/// <summary>What a run was computed with.</summary>
public static class ProgramVersions
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["lrcnlab"] = Of(typeof(ProgramVersions)),
        ["torchsharp"] = Of(typeof(Tensor)),
        ["libtorch"] = __version__,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["system"] = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
    };

    private static string Of(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? type.Assembly.GetName().Version?.ToString() ?? "";
}
