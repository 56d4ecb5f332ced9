using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using LrcnLab.Storage.Metrics;

namespace LrcnLab.Web.Features.Runs.Export;

/// <summary>
/// A TensorBoard event file: records of TFRecord (length, its checksum, data, its checksum), each an <c>Event</c> of <c>tensorflow/core/util/event.proto</c>
/// with one scalar. Values become 32-bit floats, which is all the format has.
/// </summary>
internal sealed class TensorBoardWriter(Stream to) : ISeriesWriter
{
    private bool _begun;

    public async Task WriteAsync(ExportedSeries series, MetricSeriesData part, CancellationToken cancel)
    {
        await BeginAsync(part.Times.Length == 0 ? 0 : part.Times[0] / 1000.0, cancel);
        using var records = new MemoryStream();
        for (int i = 0; i < part.Steps.Length; i++)
            Record(records, Event(part.Times[i] / 1000.0, part.Steps[i], series.Key, (float)part.Values[i]));
        await to.WriteAsync(records.GetBuffer().AsMemory(0, (int)records.Length), cancel);
    }

    public async ValueTask DisposeAsync() => await BeginAsync(0, CancellationToken.None);

    private async Task BeginAsync(double time, CancellationToken cancel)
    {
        if (_begun)
            return;
        _begun = true;
        using var records = new MemoryStream();
        Record(records, Message(m =>
        {
            m.WriteTag(1, WireFormat.WireType.Fixed64);
            m.WriteDouble(time);
            m.WriteTag(3, WireFormat.WireType.LengthDelimited);
            m.WriteString("brain.Event:2");
        }));
        await to.WriteAsync(records.ToArray(), cancel);
    }

    private static byte[] Event(double time, long step, string tag, float value)
    {
        byte[] scalar = Message(m =>
        {
            m.WriteTag(1, WireFormat.WireType.LengthDelimited);
            m.WriteString(tag);
            m.WriteTag(2, WireFormat.WireType.Fixed32);
            m.WriteFloat(value);
        });
        byte[] summary = Message(m =>
        {
            m.WriteTag(1, WireFormat.WireType.LengthDelimited);
            m.WriteBytes(ByteString.CopyFrom(scalar));
        });
        return Message(m =>
        {
            m.WriteTag(1, WireFormat.WireType.Fixed64);
            m.WriteDouble(time);
            m.WriteTag(2, WireFormat.WireType.Varint);
            m.WriteInt64(step);
            m.WriteTag(5, WireFormat.WireType.LengthDelimited);
            m.WriteBytes(ByteString.CopyFrom(summary));
        });
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var message = new CodedOutputStream(memory, leaveOpen: true))
            write(message);
        return memory.ToArray();
    }

    private static void Record(MemoryStream records, byte[] data)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, data.Length);
        records.Write(number);
        Checksum(records, number);
        records.Write(data);
        Checksum(records, data);
    }

    private static void Checksum(MemoryStream records, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(number, Masked(data));
        records.Write(number);
    }

    /// <summary>CRC-32C, turned and shifted as TFRecord wants it.</summary>
    internal static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = ~0u;
        foreach (byte b in data)
            crc = BitOperations.Crc32C(crc, b);
        crc = ~crc;
        return BitOperations.RotateRight(crc, 15) + 0xa282ead8u;
    }
}
