using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Components.Charts;

/// <summary>How charts are drawn while somebody turns the knobs: at once on the page, and in its address as soon as the hand rests.</summary>
public sealed class ChartViewState(string usualAxis)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private ChartView? _address;
    private int _changes;

    public ChartView View { get; private set; } = new(usualAxis);

    /// <summary>Takes over what the address says, when that is something new.</summary>
    public void Arrive(ChartView view)
    {
        if (view != _address)
            (View, _address) = (view, view);
    }

    public async Task ChangeAsync(ChartView view, NavigationManager navigation)
    {
        View = view;
        int change = ++_changes;
        string page = new Uri(navigation.Uri).AbsolutePath;
        await Task.Delay(Rest);
        // Whoever left the page meanwhile has another address now.
        if (change != _changes || new Uri(navigation.Uri).AbsolutePath != page)
            return;
        _address = view;
        navigation.NavigateTo(view.AddressOn(navigation, usualAxis), replace: true);
    }
}
