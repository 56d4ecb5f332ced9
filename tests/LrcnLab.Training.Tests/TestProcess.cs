using System.Runtime.CompilerServices;

namespace LrcnLab.Training.Tests;

internal static class TestProcess
{
    /// <summary>One thread: networks this small are slower on more, above all where other work runs beside.</summary>
    [ModuleInitializer]
    internal static void Start() => TorchRuntime.Start(threads: 1);
}
