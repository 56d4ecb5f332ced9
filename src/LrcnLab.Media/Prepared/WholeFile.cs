namespace LrcnLab.Media.Prepared;

/// <summary>Small files that are there as they were or as they shall be, never in between.</summary>
internal static class WholeFile
{
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = path + ".tmp";
        using (FileStream stream = File.Create(temporary))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
