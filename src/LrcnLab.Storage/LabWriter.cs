using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace LrcnLab.Storage;

/// <summary>
/// The one door through which this process writes the database. SQLite allows one writer and makes the others poll, which starves them under load;
/// waiting here instead is fair, so no write waits longer than those that came before it.
/// </summary>
public sealed class LabWriter(IDbContextFactory<LabDbContext> contexts, DiskReserve reserve) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    private const int Tries = 3;

    /// <summary>
    /// Runs <paramref name="change"/> in one transaction, saves and commits. Keep it short: nobody else writes meanwhile.
    /// It runs again from the beginning when another program changed a versioned row since it was read, or when the disk is full and the reserve makes room.
    /// </summary>
    /// <exception cref="StorageFullException">The disk is full, and nothing was changed.</exception>
    public async Task<T> WriteAsync<T>(Func<LabDbContext, Task<T>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    return await TransactAsync(change, cancellationToken);
                }
                catch (DbUpdateConcurrencyException) when (attempt < Tries)
                {
                }
                catch (Exception e) when (IsDiskFull(e))
                {
                    if (!reserve.Release())
                        throw new StorageFullException(reserve.Shortage ?? "The disk with the database is full.", e);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<LabDbContext, Task> change, CancellationToken cancellationToken) => WriteAsync(
        async db =>
        {
            await change(db);
            return true;
        },
        cancellationToken);

    private async Task<T> TransactAsync<T>(Func<LabDbContext, Task<T>> change, CancellationToken cancellationToken)
    {
        await using LabDbContext db = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        T result = await change(db);
        await db.SaveChangesAsync(cancellationToken);
        // From here on the change must not be torn: the caller would not know whether it happened.
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    private static bool IsDiskFull(Exception? exception) => exception switch
    {
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL } => true,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
        null => false,
        _ => IsDiskFull(exception.InnerException),
    };

    public void Dispose() => _turn.Dispose();
}
