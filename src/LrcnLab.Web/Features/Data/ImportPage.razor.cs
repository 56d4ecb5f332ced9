using LrcnLab.Scheduling.Datasets;
using LrcnLab.Storage.Entities;
using LrcnLab.Web.Components;
using LrcnLab.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Features.Data;

/// <summary>From a source to a data set: choose or send, look, import. Where a person is stands in the address, so that a reload changes nothing.</summary>
public sealed partial class ImportPage : IDisposable
{
    private readonly PageLifetime _closed = new();
    private UploadProgress? _upload;
    private string _suggestedName = "";
    private string _title = "";
    private string? _problem;

    [Inject]
    public required UploadService Uploads { get; init; }

    [Inject]
    public required NavigationManager Navigation { get; init; }

    /// <summary><c>server</c> for a folder on the server.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    [SupplyParameterFromQuery(Name = "path")]
    public string? FolderPath { get; set; }

    [SupplyParameterFromQuery(Name = "upload")]
    public Guid? UploadId { get; set; }

    /// <summary>While it is sent. An address of its own, because going to the address where one is already changes nothing.</summary>
    [SupplyParameterFromQuery(Name = "sending")]
    public Guid? SendingId { get; set; }

    [SupplyParameterFromQuery(Name = "import")]
    public Guid? ImportId { get; set; }

    private Guid? Current => UploadId ?? SendingId;

    private bool FromServer => From == "server";

    private ImportSource? Source =>
        FromServer && !string.IsNullOrWhiteSpace(FolderPath) ? ImportSource.OfPath(FolderPath.Trim())
        : _upload is { State: UploadState.Received } upload && upload.Id == Current ? ImportSource.OfUpload(upload.Id)
        : null;

    public void Dispose()
    {
        _closed.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        _problem = null;
        if (FromServer && FolderPath is { } path)
            (_title, _suggestedName) = (path, NameOf(path));
        if (Current is not { } id)
        {
            _upload = null;
            return;
        }

        _upload = await Uploads.GetAsync(id, _closed.Token);
        if (_upload is null || _upload.State == UploadState.Canceled)
        {
            _problem = "This upload is not there any more: it was canceled, or removed because nothing used it.";
            return;
        }

        _suggestedName = NameOf(_upload.Name);
        _title = $"{_upload.Name}, {Format.Count(_upload.FileCount)} {(_upload.FileCount == 1 ? "file" : "files")}, {Format.Bytes(_upload.TotalBytes)}";
    }

    private async Task<string?> DiscardAsync()
    {
        if (Current is { } id)
        {
            (_, string? refusal) = await Uploads.CancelAsync(id, _closed.Token);
            if (refusal is not null)
                return refusal;
        }

        Navigation.NavigateTo(FromServer ? "/data/import?from=server" : "/data/import");
        return null;
    }

    /// <summary>Of a folder, list or archive: its name without what only says its format.</summary>
    private static string NameOf(string path)
    {
        string name = path.TrimEnd('/', '\\').Split('/', '\\')[^1];
        foreach (string ending in (string[])[".tar.gz", ".tgz", ".tar", ".zip", ".csv", ".json"])
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return name[..^ending.Length];
        }

        return name;
    }
}
