namespace LrcnLab.Media.Decoding;

/// <summary>Motion-JPEG leaves the Huffman tables out of each frame; everybody knows them (ITU-T T.81, annex K.3).</summary>
public static class JpegTables
{
    private const byte Marker = 0xFF, StartOfImage = 0xD8, StartOfScan = 0xDA, HuffmanTables = 0xC4;

    /// <summary>One DHT segment with the four standard tables: marker, length, tables.</summary>
    private static readonly byte[] Segment = Convert.FromHexString(
        "FFC401A2" +
        "0000010501010101010100000000000000000102030405060708090A0B" +
        "0100030101010101010101010000000000000102030405060708090A0B" +
        "100002010303020403050504040000017D01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FA" +
        "1100020102040403040705040400010277000102031104052131061241510761711322328108144291A1B1C109233352F0156272D10A162434E125F11718191A262728292A35363738393A434445464748494A535455565758595A636465666768696A737475767778797A82838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE2E3E4E5E6E7E8E9EAF2F3F4F5F6F7F8F9FA");

    /// <summary>One standard table: how many codes have 1 to 16 bits, then their symbols.</summary>
    /// <param name="class">0 for first coefficients (DC), 1 for the others (AC).</param>
    /// <param name="id">0 for luminance, 1 for chrominance.</param>
    public static ReadOnlySpan<byte> Standard(int @class, int id)
    {
        for (int at = 4; ; at += 17 + Symbols(at))
        {
            if (Segment[at] == (@class << 4 | id))
                return Segment.AsSpan(at + 1, 16 + Symbols(at));
        }
    }

    private static int Symbols(int table) => Segment.AsSpan(table + 1, 16).ToArray().Sum(count => count);

    /// <summary>The same picture with the standard tables when it has none.</summary>
    public static byte[] Complete(byte[] jpeg)
    {
        foreach ((byte marker, Range at) in Segments(jpeg))
        {
            if (marker == HuffmanTables)
                return jpeg;
            if (marker == StartOfScan)
                return [.. jpeg.AsSpan(0, at.Start.Value), .. Segment, .. jpeg.AsSpan(at.Start.Value)];
        }

        return jpeg;
    }

    /// <summary>Marker segments up to and including the start of scan, each with its marker bytes.</summary>
    private static IEnumerable<(byte Marker, Range At)> Segments(byte[] jpeg)
    {
        if (jpeg.Length < 4 || jpeg[0] != Marker || jpeg[1] != StartOfImage)
            yield break;
        for (int at = 2; at + 4 <= jpeg.Length && jpeg[at] == Marker;)
        {
            if (jpeg[at + 1] == Marker)
            {
                at++; // Fill byte.
                continue;
            }

            int end = at + 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]);
            if (end > jpeg.Length)
                yield break;
            yield return (jpeg[at + 1], at..end);
            if (jpeg[at + 1] == StartOfScan)
                yield break;
            at = end;
        }
    }
}
