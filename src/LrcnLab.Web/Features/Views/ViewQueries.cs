using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Views;

/// <param name="Page">The page, such as <c>runs</c>.</param>
/// <param name="Address">Query of the page's address.</param>
public sealed record ViewRow(Guid Id, string Page, string Name, string Address);

/// <summary>Choices on pages that people gave a name.</summary>
public sealed class ViewQueries(IDbContextFactory<LabDbContext> contexts, LabWriter writer, TimeProvider clock)
{
    /// <summary>Pages whose address holds a choice worth a name.</summary>
    public static IReadOnlyList<string> Pages { get; } = ["runs", "compare"];

    private const int LongestAddress = 8000, Most = 200;

    public async Task<IReadOnlyList<ViewRow>> ListAsync(string page, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return [.. (await db.SavedViews.AsNoTracking().Where(v => v.Page == page).ToListAsync(cancellationToken)).OrderBy(v => v.Name, StringComparer.OrdinalIgnoreCase).Select(v => new ViewRow(v.Id, v.Page, v.Name, v.Address))];
    }

    /// <summary>Keeps a choice; one of the same name takes its place.</summary>
    /// <returns>The view, or why there is none, in words.</returns>
    public async Task<(ViewRow? View, string? Problem)> SaveAsync(string page, string name, string address, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (!Pages.Contains(page))
            return (null, $"There are no views of \"{page}\"; known: {string.Join(", ", Pages)}.");
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
            return (null, "A view needs a name of 1 to 100 characters.");
        if (address.Length > LongestAddress || address.Any(char.IsControl))
            return (null, $"The address has {address.Length} characters; at most {LongestAddress} are kept, and no control characters.");
        return await writer.WriteAsync<(ViewRow?, string?)>(
            async db =>
            {
                SavedView? view = await db.SavedViews.SingleOrDefaultAsync(v => v.Page == page && v.Name == name, cancellationToken);
                if (view is null && await db.SavedViews.CountAsync(v => v.Page == page, cancellationToken) >= Most)
                    return (null, $"There are {Most} views already: remove one first.");
                if (view is null)
                    db.SavedViews.Add(view = new SavedView { Page = page, Name = name, Address = "", CreatedAt = clock.GetUtcNow().UtcDateTime });
                view.Address = address;
                return (new ViewRow(view.Id, page, name, address), null);
            },
            cancellationToken);
    }

    /// <returns>False when there is no such view.</returns>
    public Task<bool> RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        writer.WriteAsync(async db => await db.SavedViews.Where(v => v.Id == id).ExecuteDeleteAsync(cancellationToken) > 0, cancellationToken);
}
