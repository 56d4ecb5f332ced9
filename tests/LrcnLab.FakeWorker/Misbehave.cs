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
