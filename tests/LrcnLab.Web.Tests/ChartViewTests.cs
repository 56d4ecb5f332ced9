using Bunit;
using LrcnLab.Web.Components.Charts;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LrcnLab.Web.Tests;

/// <summary>How charts are drawn, in the address and back.</summary>
public sealed class ChartViewTests : BunitContext
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Theory]
    [InlineData("step", 0, false, false, false, "http://localhost/runs/1?tab=charts")]
    [InlineData("epoch", 0.5, true, false, true, "http://localhost/runs/1?tab=charts&x=epoch&smooth=0.5&draw=logy%2Coutliers")]
    [InlineData("metric:train/loss", 0.98, false, true, false, "http://localhost/runs/1?tab=charts&x=metric%3Atrain%2Floss&smooth=0.98&draw=logx")]
    public void View_StandsInTheAddress_AndIsReadBack(string axis, double smoothing, bool logY, bool logX, bool outliers, string address)
    {
        Navigation.NavigateTo("/runs/1?tab=charts");
        var view = new ChartView(axis, smoothing, logY, logX, outliers);

        Assert.Equal(address, view.AddressOn(Navigation, "step"));
        var query = System.Web.HttpUtility.ParseQueryString(new Uri(address).Query);
        Assert.Equal(view, ChartView.Of(query["x"], query["smooth"], query["draw"], "step"));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("<script>")]
    public void WrongAddress_IsTheUsualView(string smoothing) => Assert.Equal(new ChartView("step"), ChartView.Of("", smoothing, "nothing,<b>", "step"));

    [Fact]
    public async Task State_ChangesAtOnce_AndTheAddressWhenTheHandRests()
    {
        Navigation.NavigateTo("/runs/1");
        var state = new ChartViewState("step");
        state.Arrive(new ChartView("step"));

        Task first = state.ChangeAsync(new ChartView("step", 0.2), Navigation), second = state.ChangeAsync(new ChartView("step", 0.4), Navigation);
        Assert.Equal(0.4, state.View.Smoothing);
        // What the page is told meanwhile is old.
        state.Arrive(new ChartView("step"));
        Assert.Equal(0.4, state.View.Smoothing);
        await Task.WhenAll(first, second);
        Assert.Equal("http://localhost/runs/1?smooth=0.4", Navigation.Uri);

        // Another address, such as a way back, counts again.
        state.Arrive(new ChartView("epoch"));
        Assert.Equal("epoch", state.View.XAxis);
    }

    [Fact]
    public async Task State_LeavesTheAddressOfAnotherPageAlone()
    {
        Navigation.NavigateTo("/runs/1");
        var state = new ChartViewState("step");
        Task change = state.ChangeAsync(new ChartView("step", 0.2), Navigation);
        Navigation.NavigateTo("/queue");
        await change;

        Assert.Equal("http://localhost/queue", Navigation.Uri);
    }
}
