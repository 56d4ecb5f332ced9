using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using LrcnLab.Storage.Metrics;
using LrcnLab.Web.Features.Runs.Export;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>Whole series as files, read again by other means than they were written with.</summary>
public sealed class SeriesWriterTests
{
    private static readonly ExportedSeries Loss = new(Guid.Parse("01900000-0000-7000-8000-000000000001"), "a \"quoted\", name", "train/loss");

    private static readonly MetricSeriesData Part = new("train/loss", 3, [1, 2, 3], [0.1, 0.2, 0.3], [1_700_000_000_000, 1_700_000_000_250, 1_700_000_001_000], [0.1 + 0.2, double.NaN, double.NegativeInfinity]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Csv_KeepsEveryDigitAndQuotesNames()
    {
        string text = Encoding.UTF8.GetString(await WriteAsync(to => new CsvSeriesWriter(to), 1));

        Assert.Equal(
            """
            run,name,key,step,epoch,time,value
            01900000-0000-7000-8000-000000000001,"a ""quoted"", name",train/loss,1,0.1,2023-11-14T22:13:20.000Z,0.30000000000000004
            01900000-0000-7000-8000-000000000001,"a ""quoted"", name",train/loss,2,0.2,2023-11-14T22:13:20.250Z,NaN
            01900000-0000-7000-8000-000000000001,"a ""quoted"", name",train/loss,3,0.3,2023-11-14T22:13:21.000Z,-Infinity

            """.ReplaceLineEndings("\r\n"),
            text);
    }

    [Fact]
    public async Task Json_OneLineAPart()
    {
        string[] lines = Encoding.UTF8.GetString(await WriteAsync(to => new JsonSeriesWriter(to), 2)).TrimEnd().Split('\n');

        Assert.Equal(2, lines.Length);
        Assert.Equal("""{"run":"01900000-0000-7000-8000-000000000001","name":"a \"quoted\", name","key":"train/loss","steps":[1,2,3],"epochs":[0.1,0.2,0.3],"times":[1700000000000,1700000000250,1700000001000],"values":[0.30000000000000004,"NaN","-Infinity"]}""", lines[1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Parquet_IsReadAgain(int parts)
    {
        using var file = new MemoryStream(await WriteAsync(to => new ParquetSeriesWriter(to), parts));
        await using ParquetReader reader = await ParquetReader.CreateAsync(file, cancellationToken: Cancel);

        Assert.Equal(["run", "name", "key", "step", "epoch", "time", "value"], reader.Schema.DataFields.Select(f => f.Name));
        Assert.Equal(3L * parts, reader.RowGroups.Sum(g => g.RowCount));
        Assert.Equal(parts == 100_000 ? 2 : parts, reader.RowGroupCount);
        if (parts == 0)
            return;
        DataField[] fields = reader.Schema.DataFields;
        var values = new double[reader.RowGroups[0].RowCount];
        await reader.RowGroups[0].ReadAsync<double>(fields[6], values, cancellationToken: Cancel);
        Assert.Equal(Part.Values, values[..3]);
        var names = new string[values.Length];
        await reader.RowGroups[0].ReadAsync(fields[1], names, cancellationToken: Cancel);
        Assert.Equal(Loss.RunName, names[2]);
        var times = new DateTime[values.Length];
        await reader.RowGroups[0].ReadAsync<DateTime>(fields[5], times, cancellationToken: Cancel);
        Assert.Equal(new DateTime(2023, 11, 14, 22, 13, 20, 250), times[1]);
    }

    [Fact]
    public async Task TensorBoard_RecordsOfScalars()
    {
        byte[] file = await WriteAsync(to => new TensorBoardWriter(to), 1);
        var events = new List<(long Step, string? Tag, float Value, string? Version)>();
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(TensorBoardWriter.Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(TensorBoardWriter.Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            events.Add(Event(file[(at + 12)..(at + 12 + length)]));
            at += 16 + length;
        }

        Assert.Equal([(0, null, 0, "brain.Event:2"), (1, "train/loss", 0.3f, null), (2, "train/loss", float.NaN, null), (3, "train/loss", float.NegativeInfinity, null)], events);
    }

    /// <summary>CRC-32C of "123456789" is e3069283.</summary>
    [Fact]
    public void Masked_OfTheKnownVector() => Assert.Equal(unchecked(((0xe3069283u >> 15) | (0xe3069283u << 17)) + 0xa282ead8u), TensorBoardWriter.Masked("123456789"u8));

    private static (long Step, string? Tag, float Value, string? Version) Event(byte[] data)
    {
        (long step, string? tag, float value, string? version) = (0, null, 0f, null);
        var message = new CodedInputStream(data);
        while (message.ReadTag() is not 0 and uint field)
        {
            switch (field >> 3)
            {
                case 2: step = message.ReadInt64(); break;
                case 3: version = message.ReadString(); break;
                case 5: (tag, value) = Scalar(new CodedInputStream(message.ReadBytes().ToByteArray())); break;
                default: message.SkipLastField(); break;
            }
        }

        return (step, tag, value, version);
    }

    private static (string Tag, float Value) Scalar(CodedInputStream summary)
    {
        summary.ReadTag();
        var one = new CodedInputStream(summary.ReadBytes().ToByteArray());
        one.ReadTag();
        string tag = one.ReadString();
        one.ReadTag();
        return (tag, one.ReadFloat());
    }

    /// <summary>To a stream that cannot be wound back, as a response.</summary>
    private static async Task<byte[]> WriteAsync(Func<Stream, ISeriesWriter> make, int parts)
    {
        using var kept = new MemoryStream();
        await using (var forward = new System.IO.Compression.GZipStream(kept, System.IO.Compression.CompressionLevel.NoCompression, leaveOpen: true))
        await using (ISeriesWriter writer = make(forward))
        {
            for (int i = 0; i < parts; i++)
                await writer.WriteAsync(Loss, Part, Cancel);
        }

        kept.Position = 0;
        using var plain = new MemoryStream();
        await using var again = new System.IO.Compression.GZipStream(kept, System.IO.Compression.CompressionMode.Decompress);
        await again.CopyToAsync(plain, Cancel);
        return plain.ToArray();
    }
}
