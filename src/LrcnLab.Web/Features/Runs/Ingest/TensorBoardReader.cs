using System.Buffers.Binary;
using Google.Protobuf;
using LrcnLab.Core.Metrics;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs.Export;

namespace LrcnLab.Web.Features.Runs.Ingest;

/// <summary>Scalars of a TensorBoard event file, whoever wrote it: <c>simple_value</c> of old summaries and tensors with one number of new ones. Pictures, histograms and texts are passed over.</summary>
internal static class TensorBoardReader
{
    private const int MostBytesOfARecord = 64 << 20;
    private const int Float = 1, Double = 2;

    /// <summary>Reads to the end, or to where the file was cut: a program that still writes may not have finished its last record.</summary>
    /// <exception cref="InvalidDataException">This is no event file, or it is damaged.</exception>
    public static async IAsyncEnumerable<MetricSample> ReadAsync(Stream from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        byte[] head = new byte[12];
        for (long record = 0; await FillAsync(from, head, cancel); record++)
        {
            long length = BinaryPrimitives.ReadInt64LittleEndian(head);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) != TensorBoardWriter.Masked(head.AsSpan(0, 8)) || length is < 0 or > MostBytesOfARecord)
                throw new InvalidDataException(record == 0 ? "This is no TensorBoard event file." : $"Record {record + 1} of the event file is damaged.");
            byte[] data = new byte[length + 4];
            if (!await FillAsync(from, data, cancel))
                yield break;
            if (BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)length)) != TensorBoardWriter.Masked(data.AsSpan(0, (int)length)))
                throw new InvalidDataException($"Record {record + 1} of the event file is damaged.");
            foreach (MetricSample sample in Event(data.AsMemory(0, (int)length), record))
                yield return sample;
        }
    }

    /// <summary>The tag as a key: what keys do not allow becomes an underscore.</summary>
    internal static string Key(string tag)
    {
        string key = string.Concat(tag.Trim().Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' ? c : '_'));
        return key.Length > 200 ? key[..200] : key.Length == 0 ? "unnamed" : key;
    }

    private static List<MetricSample> Event(ReadOnlyMemory<byte> data, long record)
    {
        (double time, long step) = (0, 0);
        var values = new List<(string Tag, double Value)>();
        try
        {
            var message = new CodedInputStream(data.ToArray());
            for (uint tag = message.ReadTag(); tag != 0; tag = message.ReadTag())
            {
                switch (WireFormat.GetTagFieldNumber(tag))
                {
                    case 1:
                        time = message.ReadDouble();
                        break;
                    case 2:
                        step = message.ReadInt64();
                        break;
                    case 5:
                        values.AddRange(Summary(message.ReadBytes()));
                        break;
                    default:
                        message.SkipLastField();
                        break;
                }
            }
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"Record {record + 1} of the event file is damaged: {e.Message}", e);
        }

        DateTime at = time is > 0 and < 1e11 ? DateTime.UnixEpoch.AddSeconds(time) : DateTime.UnixEpoch;
        return step < 0 ? [] : [.. values.Select(v => new MetricSample(Key(v.Tag), new MetricPoint(step, 0, at, v.Value)))];
    }

    private static IEnumerable<(string Tag, double Value)> Summary(ByteString data)
    {
        var message = data.CreateCodedInput();
        for (uint tag = message.ReadTag(); tag != 0; tag = message.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) != 1)
                message.SkipLastField();
            else if (Value(message.ReadBytes()) is var (name, value))
                yield return (name, value);
        }
    }

    private static (string Tag, double Value)? Value(ByteString data)
    {
        (string name, double? value) = ("", null);
        var message = data.CreateCodedInput();
        for (uint tag = message.ReadTag(); tag != 0; tag = message.ReadTag())
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    name = message.ReadString();
                    break;
                case 2:
                    value = message.ReadFloat();
                    break;
                case 8:
                    value = Tensor(message.ReadBytes());
                    break;
                default:
                    message.SkipLastField();
                    break;
            }
        }

        return value is double number ? (name, number) : null;
    }

    /// <summary>The number of a tensor that has one, as <c>tensorflow/core/framework/tensor.proto</c> keeps it; null for others.</summary>
    private static double? Tensor(ByteString data)
    {
        (int type, double? value, ByteString? content, bool shaped) = (0, null, null, false);
        var message = data.CreateCodedInput();
        for (uint tag = message.ReadTag(); tag != 0; tag = message.ReadTag())
        {
            bool packed = WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited;
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    type = message.ReadEnum();
                    break;
                case 2:
                    shaped = message.ReadBytes().Length > 0;
                    break;
                case 4:
                    content = message.ReadBytes();
                    break;
                case 5:
                    value = packed ? Single(message.ReadBytes(), 4) is { } bytes ? BinaryPrimitives.ReadSingleLittleEndian(bytes) : null : message.ReadFloat();
                    break;
                case 6:
                    value = packed ? Single(message.ReadBytes(), 8) is { } wide ? BinaryPrimitives.ReadDoubleLittleEndian(wide) : null : message.ReadDouble();
                    break;
                default:
                    message.SkipLastField();
                    break;
            }
        }

        // A dimension makes it a histogram or a picture.
        if (shaped)
            return null;
        return content is not { Length: > 0 } ? value
            : type == Float && content.Length == 4 ? BinaryPrimitives.ReadSingleLittleEndian(content.Span)
            : type == Double && content.Length == 8 ? BinaryPrimitives.ReadDoubleLittleEndian(content.Span) : null;

        static byte[]? Single(ByteString bytes, int size) => bytes.Length == size ? bytes.ToByteArray() : null;
    }

    private static async Task<bool> FillAsync(Stream from, byte[] buffer, CancellationToken cancel) => await from.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel) == buffer.Length;
}
