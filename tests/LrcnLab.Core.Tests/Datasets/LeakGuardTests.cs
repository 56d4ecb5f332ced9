using System.Numerics;
using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class LeakGuardTests
{
    private static readonly string[] Classes = ["a", "b"];

    [Fact]
    public void Files_OfTheirOwn_DoNotLeak()
    {
        LeakReport report = LeakGuard.Check(TestManifest.Create());

        Assert.False(report.IsLeaking);
        Assert.Equal("nothing is shared between the splits", report.Summary());
    }

    [Fact]
    public void Recording_InTwoSplits_IsAGroupAndAllItsSamplesAreMarked()
    {
        DatasetManifest manifest = Of(One("a1", Split.Train) with { Group = "g1" }, One("a2", Split.Train) with { Group = "g1" }, One("a3", Split.Test) with { Group = "g1" }, One("b", Split.Train) with { Group = "g2" });

        var (report, flags) = LeakGuard.Examine(manifest);

        LeakingGroup group = Assert.Single(report.Groups);
        Assert.Equal((LeakKind.Recording, "g1", 2, 0, 1), (group.Kind, group.Name, group.Train, group.Validation, group.Test));
        Assert.Equal([0, 2], group.Examples);
        Assert.Equal([0, 1, 2], LeakGuard.Members(manifest, [group]));
        Assert.Equal([SampleFlags.GroupAcrossSplits, SampleFlags.GroupAcrossSplits, SampleFlags.GroupAcrossSplits, SampleFlags.None], flags);
        Assert.Equal("1 recording is in more than one split", report.Summary());
    }

    [Theory]
    [InlineData(0.0, 2.0, 2.0, 4.0, LeakKind.File)]
    [InlineData(0.0, 2.0, 1.9, 4.0, LeakKind.Overlap)]
    [InlineData(0.0, 9.0, 3.0, 4.0, LeakKind.Overlap)]
    [InlineData(5.0, null, 6.0, 7.0, LeakKind.Overlap)]
    [InlineData(null, 1.0, 1.0, null, LeakKind.File)]
    public void Parts_OfOneFileInTwoSplits_AreAGroupByWhetherTheyOverlap(double? start, double? end, double? otherStart, double? otherEnd, LeakKind kind)
    {
        Sample part = One("film", Split.Train) with { Start = start, End = end };

        LeakReport report = LeakGuard.Check(Of(part, part with { Split = Split.Validation, Start = otherStart, End = otherEnd }));

        Assert.Equal((kind, "film", 1), (report.Groups[0].Kind, report.Groups[0].Name, report.GroupCount));
        Assert.Equal(0, report.PairCount);
    }

    [Fact]
    public void SameFile_UnderTwoNames_IsAPairAcrossSplitsAndADuplicateWithin()
    {
        Sample first = One("one", Split.Train), copy = first with { Path = "two" };

        var (across, acrossFlags) = LeakGuard.Examine(Of(first, copy with { Split = Split.Test }));
        var (within, withinFlags) = LeakGuard.Examine(Of(first, copy));

        Assert.Equal([new SamplePair(0, 1, 0)], across.Pairs);
        Assert.Equal((1, 0), (across.PairCount, across.GroupCount));
        Assert.Equal([SampleFlags.DuplicateAcrossSplits, SampleFlags.DuplicateAcrossSplits], acrossFlags);
        Assert.False(within.IsLeaking);
        Assert.Equal(2, within.Duplicates);
        Assert.Equal([SampleFlags.Duplicate, SampleFlags.Duplicate], withinFlags);
    }

    [Fact]
    public void Fingerprint_ThatDiffersInAFewBits_IsAPairAndOneThatDiffersInManyIsNot()
    {
        var random = new Random(1);
        byte[] look = Look(random);
        DatasetManifest manifest = Of(
            Shown("a", Split.Train, look), Shown("b", Split.Validation, Flip(look, 40, random)), Shown("c", Split.Validation, Flip(look, 60, random)), Shown("d", Split.Train, Flip(look, 20, random)), Shown("e", Split.Train, Look(random)));

        var (report, flags) = LeakGuard.Examine(manifest);

        Assert.Equal((0, 1), (report.Pairs[0].First, report.Pairs[0].Second));
        Assert.Equal(40 / 1024.0, report.Pairs[0].Distance, 1e-5);
        Assert.Equal(5, report.Compared);
        Assert.True(flags[0].HasFlag(SampleFlags.DuplicateAcrossSplits | SampleFlags.Duplicate));
        Assert.Equal(SampleFlags.Duplicate, flags[3] & SampleFlags.Duplicate);
        Assert.Equal(SampleFlags.None, flags[4]);
    }

    [Fact]
    public void OtherTakes_OfTheSameScene_AreNoPairs()
    {
        var random = new Random(2);
        // Everything but 4 % of the picture stands still, and that changes from frame to frame and from take to take.
        byte[] scene = new byte[32];
        random.NextBytes(scene);
        byte[] Take() => [.. Enumerable.Range(0, 4).SelectMany(_ => Flip(scene, 5, random))];

        Assert.Equal(0, LeakGuard.Check(Of([.. Enumerable.Range(0, 20).Select(i => Shown($"t{i}", i % 2 == 0 ? Split.Train : Split.Test, Take()))])).PairCount);
    }

    [Fact]
    public void Drawings_OnEmptyGround_AreComparedByWhatIsDrawn()
    {
        var random = new Random(3);
        byte[] Drawing() => Flip(new byte[128], 30, random);
        byte[] one = Drawing();

        LeakReport report = LeakGuard.Check(Of(Shown("a", Split.Train, one), Shown("b", Split.Test, Drawing()), Shown("c", Split.Test, Flip(one, 4, random)), Shown("d", Split.Train, new byte[128]), Shown("e", Split.Test, new byte[128])));

        Assert.Equal([(0, 2)], report.Pairs.Select(p => (p.First, p.Second)));
        Assert.Equal(3, report.Compared);
    }

    [Fact]
    public void Pictures_OfOneFrame_AreCompared()
    {
        var random = new Random(4);
        byte[] picture = new byte[32];
        random.NextBytes(picture);
        byte[] Still(byte[] frame, int times) => [.. Enumerable.Repeat(frame, times).SelectMany(f => f)];

        foreach (int times in (int[])[1, 4])
            Assert.Equal(1, LeakGuard.Check(Of(Shown("a", Split.Train, Still(picture, times)), Shown("b", Split.Test, Still(Flip(picture, 10, random), times)), Shown("c", Split.Test, Still(Flip(picture, 40, random), times)))).PairCount);
    }

    [Fact]
    public void Pictures_OfOtherColours_AreNoPairs()
    {
        var random = new Random(9);
        byte[] picture = new byte[32];
        random.NextBytes(picture);
        Sample Painted(string path, Split split, double red) => Shown(path, split, picture) with { Colors = new ColorStatistics([red, 0.5, 0.5], [0.1, 0.1, 0.1]) };

        LeakReport report = LeakGuard.Check(Of(Painted("a", Split.Train, 0.5), Painted("b", Split.Test, 0.505), Painted("c", Split.Test, 0.6)));

        Assert.Equal([(0, 1)], report.Pairs.Select(p => (p.First, p.Second)));
    }

    [Fact]
    public void Search_FindsExactlyWhatComparingAllFinds()
    {
        var random = new Random(5);
        var looks = new List<byte[]>();
        for (int i = 0; i < 60; i++)
        {
            byte[] look = Look(random);
            looks.Add(look);
            for (int copy = 0; copy < 4; copy++)
                looks.Add(Flip(look, random.Next(0, 90), random));
        }

        Sample[] samples = [.. looks.Select((look, i) => Shown($"s{i}", (Split)(i % 3), look))];
        var expected = new List<(int, int)>();
        for (int i = 0; i < samples.Length; i++)
        {
            for (int j = i + 1; j < samples.Length; j++)
            {
                int bits = looks[i].Zip(looks[j], (a, b) => BitOperations.PopCount((uint)(a ^ b))).Sum();
                if (bits <= 51 && samples[i].Split != samples[j].Split)
                    expected.Add(samples[i].Split < samples[j].Split ? (i, j) : (j, i));
            }
        }

        LeakReport report = LeakGuard.Check(Of(samples));

        Assert.True(expected.Count > 100);
        Assert.Equal(expected.Order(), report.Pairs.Select(p => (p.First, p.Second)).Order());
        Assert.Equal(expected.Count, report.PairCount);
        Assert.Equal(report.Pairs.OrderBy(p => p.Distance).Select(p => p.Distance), report.Pairs.Select(p => p.Distance));
    }

    [Fact]
    public void HundredThousandSamples_AreSearchedWithoutComparingAll()
    {
        var random = new Random(6);
        Sample[] samples = [.. Enumerable.Range(0, 100_000).Select(i => Shown($"s{i}", i % 5 == 0 ? Split.Test : Split.Train, Look(random)))];
        samples[77_777] = Shown("copy", Split.Test, Flip(Convert.FromBase64String(samples[1].Fingerprint!.Hashes), 50, random));
        // Comparing all would be five thousand million comparisons, minutes even on a fast machine.
        LeakReport report = LeakGuard.Check(Of(samples));

        Assert.Equal([(1, 77_777)], report.Pairs.Select(p => (p.First, p.Second)));
    }

    [Fact]
    public void ManyCopies_AreCountedAndOnlySomeAreKept()
    {
        byte[] look = Look(new Random(7));

        LeakReport report = LeakGuard.Check(Of([.. Enumerable.Range(0, 3000).Select(i => Shown($"s{i}", i < 2000 ? Split.Train : Split.Test, look))]));

        Assert.Equal((2_000_000, 1000, 3000), (report.PairCount, report.Pairs.Count, report.Duplicates));
        Assert.Contains("2,000,000 pairs of look-alikes", report.Summary(), StringComparison.Ordinal);
    }

    [Fact]
    public void OneLook_WithLittleDifferences_EndsAndStillMarksEverySample()
    {
        var random = new Random(8);
        byte[] look = Look(random);

        var (report, flags) = LeakGuard.Examine(Of([.. Enumerable.Range(0, 5000).Select(i => Shown($"s{i}", (Split)(i % 2), Flip(look, 12, random)))]));

        Assert.True(report.PairCount > 10_000);
        Assert.All(flags, f => Assert.True(f.HasFlag(SampleFlags.DuplicateAcrossSplits)));
    }

    [Fact]
    public void BrokenFingerprint_IsAsGoodAsNone()
    {
        Sample odd = One("a", Split.Train) with { Fingerprint = new FrameFingerprint("no base64") };

        Assert.Equal(0, LeakGuard.Check(Of(odd, One("b", Split.Test) with { Fingerprint = new FrameFingerprint("AAAA") })).Compared);
    }

    [Fact]
    public void AlikeTo_OneSample_NamesTheOthersOfEverySplitTheMostAlikeFirst()
    {
        var random = new Random(10);
        byte[] look = Look(random);
        Sample file = One("f", Split.Train) with { Sha256 = "same", Start = 1, End = 2 };
        Sample[] samples =
        [
            Shown("a", Split.Train, look), Shown("b", Split.Test, Flip(look, 40, random)), Shown("c", Split.Train, Flip(look, 60, random)), Shown("d", Split.Train, Flip(look, 20, random)),
            file, file with { Path = "copy", Split = Split.Test }, file with { Start = 2, End = 3 },
        ];

        Assert.Equal([(3, 20 / 1024.0), (1, 40 / 1024.0)], LeakGuard.AlikeTo(samples, 0, 9));
        Assert.Equal([3], LeakGuard.AlikeTo(samples, 0, 1).Select(a => a.Index));
        Assert.Equal([(4, 0.0)], LeakGuard.AlikeTo(samples, 5, 9));
        Assert.Empty(LeakGuard.AlikeTo(samples, 6, 9));
    }

    [Fact]
    public void AlikeTo_AnySample_NamesItsPairs()
    {
        var random = new Random(11);
        byte[][] looks = [Look(random), Look(random)];
        DatasetManifest manifest = Of([.. Enumerable.Range(0, 12).Select(i => Shown($"s{i}", (Split)(i % 2), Flip(looks[i % 4 / 2], random.Next(0, 40), random)))]);

        LeakReport report = LeakGuard.Check(manifest);

        Assert.All(report.Pairs, p => Assert.Contains(LeakGuard.AlikeTo(manifest.Samples, p.First, 99), a => a.Index == p.Second && Math.Abs(a.Distance - p.Distance) < 1e-5));
        Assert.NotEmpty(report.Pairs);
    }

    private static DatasetManifest Of(params Sample[] samples) => TestManifest.Of(Classes, samples);

    private static Sample One(string path, Split split) => TestManifest.Sample(path, 0, split);

    private static Sample Shown(string path, Split split, byte[] look) => One(path, split) with { Fingerprint = new FrameFingerprint(Convert.ToBase64String(look)) };

    /// <summary>Four frames that have nothing in common.</summary>
    private static byte[] Look(Random random)
    {
        byte[] look = new byte[128];
        random.NextBytes(look);
        return look;
    }

    private static byte[] Flip(byte[] look, int bits, Random random)
    {
        byte[] flipped = [.. look];
        foreach (int bit in Enumerable.Range(0, look.Length * 8).OrderBy(_ => random.Next()).Take(bits))
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
        return flipped;
    }
}
