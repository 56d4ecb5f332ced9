using LrcnLab.Core.Metrics;
using LrcnLab.Web.Features.Runs;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class MetricChartsTests
{
    [Fact]
    public void Of_NoMetricsYet_ShowsLossAndAccuracy() =>
        Assert.Equal(["Loss", "Accuracy (top 1)"], MetricCharts.Of([]).Select(c => c.Title));

    [Fact]
    public void Of_EveryCurve_IsDrawnOnceAndTestNumbersAreNot()
    {
        string[] keys = [MetricKeys.TrainLoss, MetricKeys.ValidationLoss, MetricKeys.TrainAccuracy, MetricKeys.ValidationAccuracy, MetricKeys.ValidationMacroF1, "validation/calibration_error", MetricKeys.LearningRate, MetricKeys.DataTime, MetricKeys.ForwardTime, MetricKeys.ProcessMemory, "train/my_own", "validation/my_own", "plain", MetricKeys.TestAccuracy, SystemMetrics.CpuCores];
        IReadOnlyList<MetricChart> charts = MetricCharts.Of(keys);
        Assert.Equal(keys.Except([MetricKeys.TestAccuracy, SystemMetrics.CpuCores]).Order(), charts.SelectMany(c => c.Keys).Order());
        Assert.Equal([MetricKeys.DataTime, MetricKeys.ForwardTime], charts.Single(c => c.Title == "Time of a step (ms)").Keys);
        Assert.Equal(["train/my_own", "validation/my_own"], charts.Single(c => c is { Section: MetricCharts.Other, Title: "My own" }).Keys);
    }

    [Fact]
    public void Of_Sections_ComeInOneBlockEach()
    {
        string[] sections = [.. MetricCharts.Of([MetricKeys.ProcessMemory, MetricKeys.GradientNorm, "own", MetricKeys.ValidationMacroF1]).Select(c => c.Section)];
        Assert.Equal([MetricCharts.Learning, MetricCharts.Learning, MetricCharts.Learning, MetricCharts.Optimizer, MetricCharts.Machine, MetricCharts.Other], sections);
    }

    [Fact]
    public void Color_TellsLinesApart()
    {
        foreach (MetricChart chart in MetricCharts.Of([MetricKeys.TrainLoss, MetricKeys.ValidationLoss, MetricKeys.DataTime, MetricKeys.ForwardTime, MetricKeys.BackwardTime, MetricKeys.OptimizerTime]))
            Assert.Equal(chart.Keys.Count, chart.Keys.Select((_, i) => MetricCharts.Color(chart, i)).Distinct().Count());
    }

    [Fact]
    public void PinnedAndOwnCharts_ComeFirst_WhereTheRunHasTheirMetrics()
    {
        var choice = new ChartChoice(["Loss", "Mine"], [new OwnChart("Mine", ["train/loss", "optimizer/gradient_norm"]), new OwnChart("Not here", ["other/metric"])]);

        IReadOnlyList<MetricChart> charts = MetricCharts.Of(["train/loss", "optimizer/learning_rate"], choice);

        Assert.Equal([("On top", "Mine"), ("On top", "Loss"), ("Learning", "Accuracy (top 1)")], charts.Take(3).Select(c => (c.Section, c.Title)));
        Assert.Equal(["train/loss"], charts[0].Keys);
        Assert.DoesNotContain(charts, c => c.Title == "Not here");
        Assert.Single(charts, c => c.Title == "Loss");
    }
}
