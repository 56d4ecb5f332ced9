using LrcnLab.Core.Datasets;
using Xunit;

namespace LrcnLab.Core.Tests.Datasets;

public sealed class RecordingGroupTests
{
    [Theory]
    [InlineData("ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi", "ApplyEyeMakeup_g08")]
    [InlineData("UCF-101/HandstandPushups/v_HandStandPushups_g08_c07.avi", "HandStandPushups_g08")]
    [InlineData("v_JumpRope_g25_c02", "JumpRope_g25")]
    [InlineData("brush_hair/April_09_brush_hair_u_nm_np1_ba_goo_0.avi", "April_09")]
    [InlineData("videos/brush_hair/Aussie_Brunette_Brushing_Hair_II_brush_hair_u_nm_np1_ri_med_3.avi", "Aussie_Brunette_Brushing_Hair_II")]
    [InlineData("cartwheel/(Rad)Schlag_die_Bank!_cartwheel_f_cm_np1_le_med_0.avi", "(Rad)Schlag_die_Bank!")]
    [InlineData("AmericanGangster_drink_u_nm_np1_fr_bad_59.avi", "AmericanGangster_drink")]
    [InlineData("air_drumming/_dbcJuKJQNs_000040_000050.mp4", "_dbcJuKJQNs")]
    [InlineData("YouTubeClips/-4wsuPCjDBc_5_15.avi", "-4wsuPCjDBc")]
    [InlineData("train/walk/scene3_take02.mp4", "walk/scene3")]
    [InlineData("val/walk/scene3_take05.mp4", "walk/scene3")]
    [InlineData("walk/person15_walking_d1_uncomp.avi", "")]
    [InlineData("walk/person15_walking_d1.avi", "walk/person15_walking")]
    [InlineData("v_spiking_03/v_spiking_03_11.mpg", "v_spiking_03/v_spiking_03")]
    [InlineData("interview_anna_03.mp4", "interview_anna")]
    [InlineData("party/2019-05 dance (2).mp4", "party/2019-05 dance")]
    public void Of_CutsOfARecording_IsWhatStandsBeforeTheirNumber(string path, string group) => Assert.Equal(group, RecordingGroup.Of(path));

    [Theory]
    [InlineData("video1.mp4")]
    [InlineData("jump/video_99.mp4")]
    [InlineData("IMG_0012.MOV")]
    [InlineData("VID_20230101_120000.mp4")]
    [InlineData("GOPR0012.MP4")]
    [InlineData("holiday7.mp4")]
    [InlineData("walk/walk_7.avi")]
    [InlineData("brush hair/brush_hair_012.avi")]
    [InlineData("78687.webm")]
    [InlineData("clips/bbaf2n.mp4")]
    [InlineData("Images/1000268201_693b08cb0e.jpg")]
    [InlineData("train2014/COCO_train2014_000000143952.jpg")]
    [InlineData("walk/anna.mp4")]
    [InlineData("walk/03.mp4")]
    [InlineData("")]
    public void Of_NumberedOrNamedFiles_IsNoRecording(string path) => Assert.Equal("", RecordingGroup.Of(path));

    [Fact]
    public void OfAll_WordsThatMostOfAClassShare_AreNumbering()
    {
        (string, string)[] files = [.. Enumerable.Range(1, 9).Select(i => ("jump", $"jump/jumping_{i}.avi")), ("jump", "jump/other_1.avi"),
            .. Enumerable.Range(1, 6).Select(i => ("walk", $"walk/scene{i % 2}_{i}.avi"))];
        string[] groups = RecordingGroup.OfAll(files);

        Assert.All(groups[..9], g => Assert.Equal("", g));
        Assert.Equal(["jump/other", "walk/scene1", "walk/scene0"], groups[9..12]);
    }

    [Fact]
    public void OfAll_OneFilmOfManyClasses_StaysOneRecording()
    {
        string[] groups = RecordingGroup.OfAll([("drink", "drink/Casino_drink_u_nm_np1_fr_bad_1.avi"), ("eat", "eat/Casino_eat_u_nm_np1_fr_bad_0.avi")]);
        Assert.Equal(["Casino", "Casino"], groups);
    }
}
