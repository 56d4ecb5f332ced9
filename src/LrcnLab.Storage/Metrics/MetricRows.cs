using System.Data.Common;
using LrcnLab.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace LrcnLab.Storage.Metrics;

/// <summary>
/// Writes rows of series and blocks within the transaction of a context, with commands that are prepared once, from the same model: several times faster
/// than having them tracked. Where the connection can batch (PostgreSQL), all rows go in one trip.
/// </summary>
internal sealed class MetricRows : IAsyncDisposable
{
    private const int RowsPerTrip = 500;

    private readonly Table<MetricSeries> _series;
    private readonly Table<MetricBlock> _blocks;
    private readonly DbTransaction _transaction;
    private readonly DbBatch? _batch;
    private readonly Dictionary<string, DbCommand> _prepared = [];

    public MetricRows(LabDbContext db)
    {
        _series = new Table<MetricSeries>(db);
        _blocks = new Table<MetricBlock>(db);
        _transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        if (_transaction.Connection!.CanCreateBatch)
        {
            _batch = _transaction.Connection.CreateBatch();
            _batch.Transaction = _transaction;
        }
    }

    public Task AddAsync(MetricSeries row) => WriteAsync(_series.Insert, _series.Columns, row);

    /// <exception cref="DbUpdateConcurrencyException">Another program changed the row since it was read; thrown here or by <see cref="FlushAsync"/>.</exception>
    public Task UpdateAsync(MetricSeries row)
    {
        row.RowVersion++;
        return WriteAsync(_series.Update, _series.Columns, row);
    }

    public Task SaveAsync(MetricBlock row) => WriteAsync(_blocks.Upsert, _blocks.Columns, row);

    /// <summary>Call before reading what was written, and at the end.</summary>
    public async Task FlushAsync()
    {
        if (_batch is not { BatchCommands.Count: > 0 })
            return;
        await AskAsync(() => _batch.ExecuteNonQueryAsync());
        foreach (DbBatchCommand command in _batch.BatchCommands)
            CheckChanged(command.RecordsAffected);
        _batch.BatchCommands.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DbCommand command in _prepared.Values)
            await command.DisposeAsync();
        if (_batch is not null)
            await _batch.DisposeAsync();
    }

    private async Task WriteAsync<T>(string sql, IReadOnlyList<Column<T>> columns, T row)
    {
        if (_batch is not null)
        {
            DbBatchCommand next = _batch.CreateBatchCommand();
            next.CommandText = sql;
            foreach (Column<T> column in columns)
                next.Parameters.Add(column.Set(next.CreateParameter(), row));
            _batch.BatchCommands.Add(next);
            if (_batch.BatchCommands.Count >= RowsPerTrip)
                await FlushAsync();
            return;
        }

        if (!_prepared.TryGetValue(sql, out DbCommand? command))
        {
            command = _transaction.Connection!.CreateCommand();
            (command.CommandText, command.Transaction) = (sql, _transaction);
            foreach (Column<T> column in columns)
                command.Parameters.Add(column.Set(command.CreateParameter(), row));
            _prepared.Add(sql, command);
        }

        for (int i = 0; i < columns.Count; i++)
            columns[i].Set(command.Parameters[i], row);
        CheckChanged(await AskAsync(() => command.ExecuteNonQueryAsync()));
    }

    /// <summary>Faults as EF would say them.</summary>
    private static async Task<int> AskAsync(Func<Task<int>> ask)
    {
        try
        {
            return await ask();
        }
        catch (DbException e)
        {
            throw new DbUpdateException("Points of a metric could not be stored: the run may be gone.", e);
        }
    }

    private static void CheckChanged(int rows)
    {
        if (rows != 1)
            throw new DbUpdateConcurrencyException("A row of a metric's series was changed by another program meanwhile.");
    }

    /// <summary>A column, as the model says.</summary>
    private sealed record Column<T>(string Name, IProperty Property, Func<T, object?> Value)
    {
        private readonly Func<object?, object?>? _convert = Property.GetRelationalTypeMapping().Converter?.ConvertToProvider;

        public DbParameter Set(DbParameter parameter, T row)
        {
            object? value = Value(row);
            parameter.ParameterName = $"@{Name}";
            parameter.Value = (value is not null && _convert is not null ? _convert(value) : value) ?? DBNull.Value;
            return parameter;
        }
    }

    private sealed class Table<T>
    {
        public Table(LabDbContext db)
        {
            IEntityType entity = db.Model.FindEntityType(typeof(T))!;
            ISqlGenerationHelper sql = db.GetService<ISqlGenerationHelper>();
            StoreObjectIdentifier table = StoreObjectIdentifier.Table(entity.GetTableName()!, entity.GetSchema());
            Columns = [.. Flatten(entity, row => row, table)];
            string name = sql.DelimitIdentifier(table.Name, table.Schema);
            string[] keys = [.. entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName(table)!)];
            IEnumerable<string> rest = Columns.Select(c => c.Name).Except(keys);
            Insert = $"INSERT INTO {name} ({string.Join(", ", Columns.Select(c => sql.DelimitIdentifier(c.Name)))}) VALUES ({string.Join(", ", Columns.Select(c => $"@{c.Name}"))})";
            Upsert = $"{Insert} ON CONFLICT ({string.Join(", ", keys.Select(sql.DelimitIdentifier))}) DO UPDATE SET {string.Join(", ", rest.Select(c => $"{sql.DelimitIdentifier(c)} = @{c}"))}";
            // The version was counted up in memory: the row has the one before.
            string versions = string.Concat(Columns.Where(c => c.Property.IsConcurrencyToken).Select(c => $" AND {sql.DelimitIdentifier(c.Name)} = @{c.Name} - 1"));
            Update = $"UPDATE {name} SET {string.Join(", ", rest.Select(c => $"{sql.DelimitIdentifier(c)} = @{c}"))} WHERE {string.Join(" AND ", keys.Select(c => $"{sql.DelimitIdentifier(c)} = @{c}"))}{versions}";
        }

        public IReadOnlyList<Column<T>> Columns { get; }

        public string Insert { get; }

        public string Update { get; }

        public string Upsert { get; }

        private static IEnumerable<Column<T>> Flatten(ITypeBase type, Func<T, object?> owner, StoreObjectIdentifier table)
        {
            foreach (IProperty property in type.GetProperties())
            {
                IClrPropertyGetter getter = property.GetGetter();
                yield return new Column<T>(property.GetColumnName(table)!, property, row => getter.GetClrValue(owner(row)!));
            }

            foreach (IComplexProperty complex in type.GetComplexProperties())
            {
                IClrPropertyGetter getter = complex.GetGetter();
                foreach (Column<T> column in Flatten(complex.ComplexType, row => getter.GetClrValue(owner(row)!), table))
                    yield return column;
            }
        }
    }
}
