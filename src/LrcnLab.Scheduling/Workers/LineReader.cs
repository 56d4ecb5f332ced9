using System.Buffers;
using System.Text;

namespace LrcnLab.Scheduling.Workers;

/// <summary>One line of a stream.</summary>
/// <param name="Text">Without its end; what was read of it when it is too long.</param>
/// <param name="TooLong">True when the line was longer than allowed and its rest was skipped.</param>
/// <param name="End">Position behind the line, relative to where reading began.</param>
/// <param name="IsWhole">False when the stream ended before the line did: more of it may come.</param>
internal readonly record struct Line(string Text, bool TooLong, long End, bool IsWhole);

/// <summary>Reads lines of UTF-8 from somebody who is not trusted: no line takes more memory than allowed.</summary>
internal sealed class LineReader(Stream stream, int maxBytes)
{
    // Of a line that is too long.
    private const int Kept = 1024;

    private const int Large = 1 << 20;

    private readonly byte[] _buffer = new byte[1 << 16];
    private ArrayBufferWriter<byte> _line = new();
    private int _start;
    private int _end;
    private long _position;

    /// <summary>Null at the end. A last line without an end is returned too.</summary>
    public async ValueTask<Line?> ReadAsync(CancellationToken cancellationToken)
    {
        _line = _line.Capacity > Large ? new() : _line;
        _line.ResetWrittenCount();
        bool tooLong = false;
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellationToken));
                if (_end == 0)
                    return _line.WrittenCount == 0 && !tooLong ? null : Take(tooLong, whole: false);
            }

            int newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            int length = newline < 0 ? _end - _start : newline;
            if (!tooLong && _line.WrittenCount + length > maxBytes)
                tooLong = true;
            int copied = tooLong ? Math.Clamp(Kept - _line.WrittenCount, 0, length) : length;
            _line.Write(_buffer.AsSpan(_start, copied));
            _start += length;
            _position += length;
            if (newline < 0)
                continue;
            _start++;
            _position++;
            return Take(tooLong, whole: true);
        }
    }

    private Line Take(bool tooLong, bool whole)
    {
        ReadOnlySpan<byte> bytes = tooLong ? _line.WrittenSpan[..Math.Min(_line.WrittenCount, Kept)] : _line.WrittenSpan;
        return new Line(Encoding.UTF8.GetString(bytes).TrimEnd('\r'), tooLong, _position, whole);
    }
}
