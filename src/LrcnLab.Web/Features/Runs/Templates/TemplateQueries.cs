using LrcnLab.Core.Specs;
using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Runs.Templates;

/// <summary>A kept specification.</summary>
/// <param name="Spec">Null when a later version of this program wrote it.</param>
public sealed record TemplateRow(Guid Id, string Name, string Summary, string? Preset, RunSpec? Spec);

/// <summary>Own templates beside the presets.</summary>
public sealed class TemplateQueries(IDbContextFactory<LabDbContext> contexts, LabWriter writer, TimeProvider clock)
{
    private const int Most = 200;

    public async Task<IReadOnlyList<TemplateRow>> ListAsync(CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        return [.. (await db.SpecTemplates.AsNoTracking().ToListAsync(cancellationToken)).OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase).Select(Row)];
    }

    /// <summary>Keeps a specification; one of the same name takes its place.</summary>
    /// <returns>The template, or why there is none, in words.</returns>
    public async Task<(TemplateRow? Template, string? Problem)> SaveAsync(string name, string summary, RunSpec spec, string? preset, CancellationToken cancellationToken)
    {
        (name, summary) = (name.Trim(), summary.Trim());
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
            return (null, "A template needs a name of 1 to 100 characters.");
        if (summary.Length > 300 || summary.Any(char.IsControl))
            return (null, $"What it is good for has {summary.Length} characters: at most 300 on one line.");
        return await writer.WriteAsync<(TemplateRow?, string?)>(
            async db =>
            {
                SpecTemplate? template = await db.SpecTemplates.SingleOrDefaultAsync(t => t.Name == name, cancellationToken);
                if (template is null && await db.SpecTemplates.CountAsync(cancellationToken) >= Most)
                    return (null, $"There are {Most} templates already: remove one first.");
                if (template is null)
                    db.SpecTemplates.Add(template = new SpecTemplate { Name = name, SpecJson = "", CreatedAt = clock.GetUtcNow().UtcDateTime });
                (template.Summary, template.SpecJson, template.Preset) = (summary, SpecText.ToJson(spec), preset);
                return (Row(template), null);
            },
            cancellationToken);
    }

    /// <returns>False when there is no such template.</returns>
    public Task<bool> RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        writer.WriteAsync(async db => await db.SpecTemplates.Where(t => t.Id == id).ExecuteDeleteAsync(cancellationToken) > 0, cancellationToken);

    private static TemplateRow Row(SpecTemplate template) => new(template.Id, template.Name, template.Summary, template.Preset, SpecText.Parse(template.SpecJson).Spec);
}
