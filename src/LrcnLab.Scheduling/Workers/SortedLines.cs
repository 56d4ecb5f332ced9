namespace LrcnLab.Scheduling.Workers;

/// <summary>Finds a place in a file of lines whose keys rise.</summary>
internal static class SortedLines
{
    /// <summary>
    /// Moves the stream to the beginning of a line before which all keys are smaller than <paramref name="target"/>, by halving: a long file costs some twenty short reads.
    /// Lines without a key are allowed.
    /// </summary>
    public static async Task SeekAsync(FileStream stream, int maxLine, Func<string, long?> key, long target, CancellationToken cancellationToken)
    {
        long low = 0, high = stream.Length;
        while (low < high)
        {
            long middle = low + (high - low) / 2;
            var (found, end) = await FirstKeyAsync(stream, maxLine, key, middle, low, cancellationToken);
            if (found is long k && k < target && end > low)
                low = Math.Min(end, stream.Length);
            else
                high = middle;
        }

        stream.Position = low;
    }

    /// <summary>The first key in a line that begins at or after <paramref name="from"/>, and the end of that line.</summary>
    private static async Task<(long? Key, long End)> FirstKeyAsync(FileStream stream, int maxLine, Func<string, long?> key, long from, long lineStart, CancellationToken cancellationToken)
    {
        // One byte earlier: if that is the end of a line, the next one begins exactly here.
        long begin = from == lineStart ? from : from - 1;
        stream.Position = begin;
        var reader = new LineReader(stream, maxLine);
        if (from != lineStart)
            await reader.ReadAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken) is Line line)
        {
            if (!line.TooLong && key(line.Text) is long found)
                return (found, begin + line.End);
        }

        return (null, stream.Length);
    }
}
