using LrcnLab.Scheduling.Notifications;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using LrcnLab.Web.Components;
using LrcnLab.Web.Features.Projects;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LrcnLab.Web.Features.Notifications;

/// <summary>Webhooks: added, tried, looked after.</summary>
public sealed partial class WebhooksPage : IDisposable
{
    private const int Most = 50;

    private readonly PageLifetime _closed = new();
    private IReadOnlyList<WebhookRow>? _webhooks;
    private IReadOnlyList<ProjectRow> _projects = [];
    private IReadOnlyList<DeliveryRow> _deliveries = [];
    private Guid? _open, _changing;
    private int _added;
    private string? _refusal, _secret;
    private WebhookAnswer? _result;
    private bool _busy;
    private IDisposable? _subscription;

    [Inject]
    public required NotificationQueries Queries { get; init; }

    [Inject]
    public required ProjectQueries Projects { get; init; }

    [Inject]
    public required WebhookService Service { get; init; }

    [Inject]
    public required RunFeed Feed { get; init; }

    [Inject]
    public required IDialogService Dialogs { get; init; }

    public void Dispose()
    {
        _subscription?.Dispose();
        _closed.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _subscription = Feed.SubscribeAll(change => (change.Parts & (RunParts.State | RunParts.Notifications)) != 0 ? InvokeAsync(LoadAsync) : Task.CompletedTask);
        _projects = await Projects.ListAsync(_closed.Token);
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        if (_closed.HasEnded)
            return;
        _webhooks = await Queries.WebhooksAsync(_closed.Token);
        _deliveries = _open is { } id ? await Queries.DeliveriesAsync(id, Most, _closed.Token) : [];
        StateHasChanged();
    }

    private Task OpenAsync(Guid id)
    {
        _open = _open == id ? null : id;
        return LoadAsync();
    }

    private Task AddAsync(WebhookRequest wish) => ActAsync(async () =>
    {
        var (_, secret, problem) = await Service.AddAsync(wish, _closed.Token);
        if (problem is null)
            (_secret, _added) = (secret, _added + 1);
        return problem?.Message;
    });

    private Task EditAsync(Guid id, WebhookRequest wish) => ActAsync(async () =>
    {
        var problem = await Service.EditAsync(id, wish, _closed.Token);
        if (problem is null)
            _changing = null;
        return problem?.Message;
    });

    private async Task RotateAsync(WebhookRow webhook)
    {
        bool? sure = await Dialogs.ShowMessageBoxAsync("Make a new secret?", $"What is sent to \"{webhook.Name}\" is signed with it from now on; the receiver has to know it.", yesText: "Make it", cancelText: "Keep the old one");
        if (sure != true)
            return;
        await ActAsync(async () =>
        {
            (_secret, string? refusal) = await Service.RotateAsync(webhook.Id, _closed.Token);
            return refusal;
        });
    }

    private async Task RemoveAsync(WebhookRow webhook)
    {
        bool? sure = await Dialogs.ShowMessageBoxAsync("Remove this webhook?", $"\"{webhook.Name}\" and the log of its deliveries are gone then; what waits is not sent.", yesText: "Remove", cancelText: "Keep");
        if (sure == true)
            await ActAsync(() => Service.RemoveAsync(webhook.Id, _closed.Token));
    }

    private Task SendAsync(Func<Task<(WebhookAnswer? Answer, string? Refusal)>> send) => ActAsync(async () =>
    {
        _result = null;
        (_result, string? refusal) = await send();
        return refusal ?? (_result is null ? "It is being sent already." : null);
    });

    private async Task ActAsync(Func<Task<string?>> action)
    {
        _busy = true;
        try
        {
            _refusal = await action();
        }
        catch (StorageFullException e)
        {
            _refusal = e.Message;
        }
        finally
        {
            _busy = false;
        }

        await LoadAsync();
    }
}
