using LrcnLab.Storage;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LrcnLab.Web.Features.Weights;

/// <param name="Networks">Known networks that they fit, as the specification calls them.</param>
/// <param name="Runs">That begin with them.</param>
public sealed record WeightsRow(Guid Id, string Name, string Sha256, long Bytes, int Tensors, long Parameters, IReadOnlyList<string> Networks, DateTime CreatedAt, int Runs);

public sealed class WeightsQueries(IDbContextFactory<LabDbContext> contexts)
{
    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<WeightsRow>> ListAsync(CancellationToken cancel)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancel);
        var rows = await db.WeightsFiles.AsNoTracking().OrderBy(w => w.Name).Select(w => new { File = w, Runs = db.Runs.Count(r => r.WeightsSha256 == w.Sha256) }).ToListAsync(cancel);
        return [.. rows.Select(r => Row(r.File, r.Runs))];
    }

    public static WeightsRow Row(WeightsFile file, int runs) => new(file.Id, file.Name, file.Sha256, file.Bytes, file.Tensors, file.Parameters, file.Networks, file.CreatedAt, runs);
}
