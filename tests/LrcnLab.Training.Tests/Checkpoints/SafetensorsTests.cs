using System.Buffers.Binary;
using System.Text;
using CsCheck;
using LrcnLab.Training.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LrcnLab.Training.Tests.Checkpoints;

public sealed class SafetensorsTests
{
    private static readonly ScalarType[] Types = [float32, float64, float16, bfloat16, int64, int32, uint8, @bool];

    [Fact]
    public void Read_OfWhatWasWritten_GivesTheSameTensors()
    {
        Gen.Select(Gen.Int[0, 4].List[0, 3], Gen.Int[0, Types.Length - 1]).List[0, 5].Sample(tensors =>
        {
            using var scope = NewDisposeScope();
            var written = tensors.Select((t, i) => ($"layer{i}.wéight", rand([.. t.Item1.Select(s => (long)s)]).mul(100).to(Types[t.Item2]))).ToList();
            using var stream = new MemoryStream();
            SafetensorsWriter.Write(stream, written, new Dictionary<string, string> { ["format"] = "pt" });
            stream.Position = 0;

            long headerLength = BinaryPrimitives.ReadInt64LittleEndian(stream.ToArray());
            Assert.Equal(0, headerLength % 8);
            Dictionary<string, Tensor> read = SafetensorsReader.Read(stream, stream.Length);

            Assert.Equal(written.Select(w => w.Item1), read.Keys);
            foreach (var (name, value) in written)
            {
                Assert.Equal(value.shape, read[name].shape);
                Assert.Equal(value.dtype, read[name].dtype);
                Assert.True(value.numel() == 0 || value.bytes.SequenceEqual(read[name].bytes));
            }
        }, iter: 100, threads: 1);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "bytes 0 to 8 of 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", 8, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "expected a start at 0")]
    [InlineData("""{"a":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}""", 8, "type F99")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "header is damaged")]
    [InlineData("""[1]""", 0, "header is damaged")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "12 bytes of data")]
    public void Read_OfAWrongHeader_SaysWhatIsWrong(string header, int data, string expected)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[data]];

        Assert.Contains(expected, Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 127, 0 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 0 })]
    public void Read_OfNoSafetensors_Refuses(byte[] file) => Assert.NotEmpty(Refusal(file));

    private static string Refusal(byte[] file)
    {
        using var scope = NewDisposeScope();
        return Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(new MemoryStream(file), file.Length)).Message;
    }
}
