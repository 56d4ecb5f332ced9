namespace LrcnLab.FakeWorker;

/// <summary>What a worker should not do, or not without need.</summary>
internal static class Misbehave
{
    /// <summary>Writes what a large checkpoint needs, and removes it again; false when there is no room.</summary>
    public static bool TryWriteMuch(string file)
    {
        try
        {
            File.WriteAllBytes(file, new byte[16 << 20]);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Takes memory until somebody ends it; each page is written to, or it would not count.</summary>
    public static async Task EatAsync()
    {
        var eaten = new List<byte[]>();
        for (int i = 0; i < 200; i++)
        {
            byte[] bite = new byte[32 << 20];
            Array.Fill(bite, (byte)1);
            eaten.Add(bite);
            await Task.Delay(50);
        }

        GC.KeepAlive(eaten);
        await Task.Delay(Timeout.Infinite);
    }

    /// <summary>A process that goes on for a long time after this one, and holds its output open.</summary>
    public static void LeaveAChild(string folder)
    {
        using var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "sleep 600 & echo $! > child.txt"]) { WorkingDirectory = folder })!;
        child.WaitForExit();
    }

    /// <summary>Half a gigabyte of lines, which is more than anybody may keep.</summary>
    public static void Pour()
    {
        using Stream output = Console.OpenStandardOutput();
        byte[] lines = new byte[1 << 20];
        for (int i = 0; i < lines.Length; i++)
            lines[i] = i % 128 == 127 ? (byte)'\n' : (byte)'y';
        for (int i = 0; i < 512; i++)
            output.Write(lines);
    }

    public static void Shout()
    {
        using Stream output = Console.OpenStandardOutput();
        output.Write("hello { not json\n{\"type\":\"unknown\"}\n{\"type\":\"metric\",\"step\":\n\n"u8);
        output.Write([0xFF, 0xFE, 0x00, 0x1B, (byte)'\n']);
        byte[] endless = new byte[1 << 20];
        Array.Fill(endless, (byte)'x');
        for (int i = 0; i < 40; i++)
            output.Write(endless);
        output.Write("\n"u8);
        for (int i = 0; i < 50_000; i++)
            output.Write("flood flood flood\n"u8);
        using Stream errors = Console.OpenStandardError();
        for (int i = 0; i < 300; i++)
            errors.Write("[W NNPACK.cpp] could not initialize\n"u8);
    }
}
