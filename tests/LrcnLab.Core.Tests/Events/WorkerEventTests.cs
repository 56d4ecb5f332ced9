using System.Text.Json;
using CsCheck;
using LrcnLab.Core.Datasets;
using LrcnLab.Core.Events;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Events;

public sealed class WorkerEventTests
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc);

    private static readonly JsonSerializerOptions Strict = new(LabJson.Options) { RespectNullableAnnotations = true };

    private static readonly WorkerEvent[] OneOfEach =
    [
        new StartedEvent
        {
            Device = "cpu", Threads = 2, Versions = new Dictionary<string, string> { ["libtorch"] = "2.10.0" }, Classes = ["slides left", "dreht\nsich"], Steps = 400, StepsPerEpoch = 20,
            ResumedAtStep = 40,
        },
        new MetricEvent { Step = 3, Epoch = 0.15, Values = new Dictionary<string, double> { ["train/loss"] = 2.0794415416798357, ["train/accuracy_top1"] = 1 / 3.0 } },
        new GuardEvent { Rule = 1, Action = GuardAction.LowerRate, Message = "The guard acted.", Step = 3 },
        new LogEvent { Level = LogLevel.Warning, Message = "two\nlines, \"quotes\", \u2028 and 👗" },
        new CheckInEvent { Step = 3, Steps = 400, Epoch = 1, Epochs = 20, Stage = "training", SecondsLeft = 81.5, ExpectNextInSeconds = 5 },
        new EpochEvent { Epoch = 1, Step = 20, Seconds = 4.25 },
        new ConfusionMatrixEvent { Epoch = 1, Split = "validation", Counts = [[3, 1], [0, 4]] },
        new PredictionsEvent { Epoch = 1, Split = "validation", File = "predictions/epoch-0001.jsonl", Bytes = 4_000_000_000, Sha256 = new string('a', 64) },
        new CheckpointEvent
        {
            Kind = "best", Epoch = 1, Step = 20, File = "checkpoints/best.zip", Bytes = 5_000_000_000, Sha256 = new string('b', 64), WeightsBytes = 4_999_999_999,
            WeightsSha256 = new string('c', 64), Metrics = new Dictionary<string, double> { ["validation/loss"] = 1.5 },
        },
        new ProgressEvent { Stage = "preparing", Done = 10, Total = 640 },
        new PreviewEvent
        {
            Preview = new ImportPreview
            {
                Layout = LayoutNames.Csv, Explanation = "words.csv has the columns label, path.", Samples = 2, Files = 1, Bytes = 5_000_000_000, Captions = 1, Train = 1, Validation = 1, Groups = 1,
                Classes = [new ClassPreview("left", 1, 0, 0), new ClassPreview("right", 0, 1, 0)],
                Examples = [new SamplePreview("a.mp4", "left", Split.Validation, "g1", 0.5, null, ["it moves"])], Problems = [new SampleProblem("b.mp4", "b.mp4 does not exist.")], ProblemCount = 1,
            },
        },
        new DoneEvent { Outcome = Outcome.Failed, Reason = "The disk is full." },
    ];

    public static TheoryData<string> Types => [.. OneOfEach.Select(e => e.GetType().Name)];

    [Fact]
    public void OneOfEach_CoversEveryKindOfEvent() =>
        Assert.Equal(
            typeof(WorkerEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(WorkerEvent))).Select(t => t.Name).Order(),
            OneOfEach.Select(e => e.GetType().Name).Order());

    [Theory]
    [MemberData(nameof(Types))]
    public void Event_AsALine_ReadsBackTheSame(string type)
    {
        WorkerEvent sent = OneOfEach.Single(e => e.GetType().Name == type) with { Sequence = 7, Time = Noon };
        string line = sent.ToLine();

        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain('\r', line);
        WorkerEvent? received = WorkerEvent.Parse(line);
        Assert.Equal(sent.GetType(), received?.GetType());
        Assert.Equivalent(sent, received, strict: true);
        Assert.Equal(DateTimeKind.Utc, received!.Time.Kind);
        Assert.Equal(line, received.ToLine());
    }

    [Fact]
    public void Metric_NotFiniteOrExtreme_SurvivesTheLine()
    {
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, -0.0];
        var sent = new MetricEvent { Step = 1, Epoch = 1, Values = values.Select((v, i) => (v, i)).ToDictionary(p => $"k{p.i}", p => p.v) };

        var received = Assert.IsType<MetricEvent>(WorkerEvent.Parse(sent.ToLine()));
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), received.Values.Values.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void Metric_OfAnyValue_SurvivesTheLine() => Gen.Double.Sample(value =>
    {
        var sent = new MetricEvent { Step = 1, Epoch = 1, Values = new Dictionary<string, double> { ["a"] = value } };
        return ((MetricEvent)WorkerEvent.Parse(sent.ToLine())!).Values["a"].Equals(value);
    });

    [Fact]
    public void Line_HasTheTypeFirstAndWordsInKebabCase() =>
        Assert.Equal(
            """{"type":"log","level":"warning","message":"x","sequence":7,"time":"2026-03-01T12:00:00.123Z"}""",
            (new LogEvent { Level = LogLevel.Warning, Message = "x" } with { Sequence = 7, Time = Noon }).ToLine());

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("Epoch 1/20")]
    [InlineData("[W NNPACK.cpp:53] Could not initialize NNPACK!")]
    [InlineData("{\"sequence\":1}")]
    [InlineData("{\"type\":null}")]
    [InlineData("{\"type\":5}")]
    [InlineData("{\"type\":\"telepathy\",\"sequence\":1}")]
    [InlineData("{\"type\":\"log\"}")]
    [InlineData("{\"type\":\"log\",\"level\":\"loud\",\"message\":\"x\"}")]
    [InlineData("{\"type\":\"log\",\"level\":2,\"message\":\"x\"}")]
    [InlineData("{\"type\":\"log\",\"level\":\"error\",\"message\":null}")]
    [InlineData("{\"type\":\"log\",\"level\":\"error\",\"message\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"metric\",\"step\":1,\"epoch\":1,\"values\":null}")]
    [InlineData("{\"type\":\"metric\",\"step\":1.5,\"epoch\":1,\"values\":{}}")]
    [InlineData("{\"type\":\"metric\",\"step\":99999999999999999999,\"epoch\":1,\"values\":{}}")]
    [InlineData("{\"type\":\"metric\",\"step\":1,\"epoch\":1,\"values\":{\"a\":\"high\"}}")]
    [InlineData("{\"type\":\"confusion-matrix\",\"epoch\":1,\"split\":\"validation\",\"counts\":[[1,\"x\"]]}")]
    [InlineData("{\"type\":\"done\",\"outcome\":\"completed\"} trailing")]
    public void Parse_OfALineThatIsNoEvent_IsNull(string line) => Assert.Null(WorkerEvent.Parse(line));

    [Fact]
    public void Parse_OfADamagedLine_NeverThrows()
    {
        string[] lines = [.. OneOfEach.Select(e => e.ToLine())];
        Gen.Select(Gen.OneOf(lines), Gen.Int[0, 1000], Gen.Int[0, 10], Gen.String[0, 3]).Sample(
            (line, at, cut, put) => WorkerEvent.Parse(line.Remove(at %= line.Length, Math.Min(cut, line.Length - at)).Insert(at, put)), iter: 5_000);
    }

    /// <summary>Metrics have a way of their own to be read; it must say what the general one says.</summary>
    [Fact]
    public void Parse_OfADamagedMetric_SaysWhatTheGeneralReaderSays()
    {
        string line = new MetricEvent { Sequence = 12, Time = Noon, Step = 7, Epoch = 0.5, Values = new Dictionary<string, double> { ["train/loss"] = 1.25, ["b"] = double.NaN, ["c"] = -3e9 } }.ToLine();
        string[] pieces = ["", "\"", "\\u0061", "null", "1", ",", "{", "}", "\"NaN\"", "\"x\":1,", "é", " ", "-", "\"step\":3,", ":"];
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 12], Gen.OneOf(pieces)).Sample(
            (at, cut, put) =>
            {
                string damaged = line.Remove(at %= line.Length, Math.Min(cut, line.Length - at)).Insert(at, put);
                Assert.Equal(General(damaged), WorkerEvent.Parse(damaged)?.ToLine());
            },
            iter: 20_000);

        static string? General(string text)
        {
            try
            {
                return text.StartsWith('{') ? JsonSerializer.Deserialize<WorkerEvent>(text, Strict)?.ToLine() : null;
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                return null;
            }
        }
    }

    [Fact]
    public void Parse_OfALineNestedDeeply_IsNull() => Assert.Null(WorkerEvent.Parse("{\"type\":\"log\",\"x\":" + new string('[', 100_000)));

    [Fact]
    public void Parse_OfAFieldThatALaterWorkerAdds_IgnoresIt() =>
        Assert.Equal(3, ((EpochEvent)WorkerEvent.Parse("""{"type":"epoch","epoch":3,"step":60,"seconds":1,"mood":"good","sequence":4}""")!).Epoch);

    [Fact]
    public void Prediction_WithNaN_SurvivesTheLine()
    {
        string line = JsonSerializer.Serialize(new Prediction(3, 1, [0.25f, float.NaN]), LabJson.Options);

        Assert.Equal([0.25f, float.NaN], JsonSerializer.Deserialize<Prediction>(line, LabJson.Options)!.Probabilities);
    }
}
