namespace LrcnLab.EndToEnd.Tests.Fixtures;

/// <summary>Every page of the program, for what must hold on all of them.</summary>
internal static class LabPages
{
    /// <summary>Name and address of each page, on an installation with a data set and completed runs.</summary>
    public static async Task<IReadOnlyList<(string Name, string Address)>> AllAsync(Lab lab, CancellationToken cancel)
    {
        IReadOnlyList<Guid> runs = await lab.CompletedRunsAsync(2, cancel);
        LabProcess process = await lab.GetAsync(cancel);
        string dataset = (await process.Api.ItemsAsync("datasets", cancel))[0]!["id"]!.GetValue<string>();
        return
        [
            .. WithoutRuns(dataset),
            ("run", $"/runs/{runs[0]}"),
            ("run-results", $"/runs/{runs[0]}?tab=results"),
            ("run-checkpoints", $"/runs/{runs[0]}?tab=checkpoints"),
            ("run-log", $"/runs/{runs[0]}?tab=log"),
            ("run-system", $"/runs/{runs[0]}?tab=system"),
            ("run-timeline", $"/runs/{runs[0]}?tab=timeline"),
            ("run-notes", $"/runs/{runs[0]}?tab=notes"),
            ("run-settings", $"/runs/{runs[0]}?tab=settings"),
            ("compare", $"/compare?runs={string.Join(',', runs)}"),
            ("compare-explore", $"/compare?runs={string.Join(',', runs)}&tab=explore"),
            ("compare-settings", $"/compare?runs={string.Join(',', runs)}&tab=settings"),
            ("compare-classes", $"/compare?runs={string.Join(',', runs)}&tab=classes"),
        ];
    }

    /// <summary>Those that need no run.</summary>
    public static IReadOnlyList<(string Name, string Address)> WithoutRuns(string dataset) =>
    [
        ("home", "/"),
        ("data", "/data"),
        ("dataset", $"/data/{dataset}"),
        ("browse", $"/data/{dataset}/browse"),
        ("browse-detail", $"/data/{dataset}/browse?sample=3"),
        ("versions", $"/data/{dataset}/versions"),
        ("edit", $"/data/{dataset}/edit"),
        ("leaks", $"/data/{dataset}/leaks"),
        ("import", "/data/import"),
        ("import-server", "/data/import?from=server"),
        ("runs", "/runs"),
        ("bin-empty", "/runs/bin"),
        ("new-run", "/runs/new?preset=quick-start"),
        ("queue", "/queue"),
        ("settings", "/settings"),
        ("backup", "/settings/backup"),
        ("integrity", "/settings/integrity"),
        ("retention", "/settings/retention"),
        ("weights", "/settings/weights"),
        ("projects", "/settings/projects"),
        ("webhooks", "/settings/webhooks"),
        ("notifications", "/notifications"),
        ("not-found", "/no/such/page"),
    ];
}
