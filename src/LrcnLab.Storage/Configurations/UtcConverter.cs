using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace LrcnLab.Storage.Configurations;

/// <summary>All times are UTC; SQLite forgets that.</summary>
internal sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
    time => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc),
    time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
