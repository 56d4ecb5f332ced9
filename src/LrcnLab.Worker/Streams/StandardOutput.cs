using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LrcnLab.Worker.Streams;

/// <summary>Standard output for events alone: what anything else prints there, native libraries included, goes to standard error.</summary>
internal sealed partial class StandardOutput
{
    private readonly Stream _stream;
    private bool _closed;

    private StandardOutput(Stream stream) => _stream = stream;

    /// <summary>Call before any library prints.</summary>
    public static StandardOutput Claim()
    {
        Stream stream = OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : Duplicate();
        Console.SetOut(Console.Error);
        return new StandardOutput(stream);
    }

    /// <summary>A reader that went away is no reason to stop: the journal has every line.</summary>
    public void WriteLine(string line)
    {
        if (_closed)
            return;
        try
        {
            _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
            _stream.Flush();
        }
        catch (IOException)
        {
            _closed = true;
        }
    }

    private static FileStream Duplicate()
    {
        const int Output = 1, Error = 2;
        int copy = Dup(Output);
        if (copy < 0 || Dup2(Error, Output) < 0)
            throw new IOException($"Standard output cannot be taken over: error {Marshal.GetLastPInvokeError()}.");
        return new FileStream(new SafeFileHandle(copy, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Dup(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Dup2(int from, int to);
}
