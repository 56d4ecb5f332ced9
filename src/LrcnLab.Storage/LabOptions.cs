using System.Data.Common;
using LrcnLab.Core.Runs;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace LrcnLab.Storage;

/// <summary>Everything that can be configured, section <c>Lab</c>. Call <see cref="Resolve"/> once after binding.</summary>
public sealed record LabOptions
{
    public const string Section = "Lab";

    /// <summary>Where everything that LrcnLab writes lies: database, runs, checkpoints, prepared frames.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>The data sets that ship with the program.</summary>
    public string SamplesDirectory { get; init; } = "samples";

    /// <summary>Path of <c>LrcnLab.Worker.dll</c>, or of any program that speaks its protocol.</summary>
    public string WorkerPath { get; init; } = "LrcnLab.Worker.dll";

    /// <summary>Into how many slots the CPU of this machine is divided; empty for one where there is no GPU, and none where there is.</summary>
    public int? Slots { get; init; }

    /// <summary>Into how many slots each GPU is divided; 0 to leave the GPUs alone.</summary>
    public int SlotsPerGpu { get; init; } = 1;

    /// <summary>How much memory a worker may hold for itself before it is killed, in MiB; 0 for any amount, empty for what its slots have.</summary>
    public int? WorkerMemoryMiB { get; init; }

    /// <summary>Folders from which pages and API may import, besides the samples.</summary>
    public string[] ImportRoots { get; init; } = [];

    /// <summary>How long a worker may take to obey stop or pause before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long workers may take to write a checkpoint when the program itself is stopped.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How much later than promised a worker's sign of life may come before the worker is given up.</summary>
    public TimeSpan CheckInGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where backups go; empty for a folder within the data folder.</summary>
    public string BackupDirectory { get; init; } = "";

    /// <summary>After how many days in the bin a run is removed for good; 0 for never.</summary>
    public int BinDays { get; init; } = 30;

    /// <summary>After how many days the file of a checkpoint is read again, to see whether it is still what it was; 0 for never by itself.</summary>
    public int VerifyDays { get; init; } = 30;

    /// <summary>How often this machine and its workers are measured; 0 for never.</summary>
    public TimeSpan SystemMetricsInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The driver's tool that says how busy GPUs are; empty for none.</summary>
    public string NvidiaSmi { get; init; } = "nvidia-smi";

    /// <summary>Whether the start page is shown in a browser when a person starts the program by hand.</summary>
    public bool OpenBrowser { get; init; } = true;

    public DatabaseOptions Database { get; init; } = new();

    /// <summary>A copy whose paths are absolute; relative ones are meant from <paramref name="baseDirectory"/>.</summary>
    public LabOptions Resolve(string baseDirectory) => this with
    {
        DataDirectory = Path.GetFullPath(DataDirectory, baseDirectory),
        SamplesDirectory = Path.GetFullPath(SamplesDirectory, baseDirectory),
        WorkerPath = Path.GetFullPath(WorkerPath, baseDirectory),
        BackupDirectory = BackupDirectory.Length == 0 ? "" : Path.GetFullPath(BackupDirectory, baseDirectory),
        ImportRoots = [.. ImportRoots.Select(r => Path.GetFullPath(r, baseDirectory))],
    };

    /// <summary>One sentence for each wrong setting, naming its key and what is allowed; empty when all is well.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Check(DataDirectory.Length > 0, "Lab:DataDirectory is empty: give the folder in which data is kept.");
        Check(!File.Exists(DataDirectory), $"Lab:DataDirectory is \"{DataDirectory}\", which is a file: give a folder.");
        Check(File.Exists(WorkerPath), $"Lab:WorkerPath is \"{WorkerPath}\", which does not exist: give the path of LrcnLab.Worker.dll.");
        Check(Slots is null or (>= 0 and <= Slot.MostSlots), $"Lab:Slots is {Slots}: allowed are 0 to {Slot.MostSlots}.");
        Check(SlotsPerGpu is >= 0 and <= 16, $"Lab:SlotsPerGpu is {SlotsPerGpu}: allowed are 0 to 16.");
        Check(WorkerMemoryMiB is null or >= 0, $"Lab:WorkerMemoryMiB is {WorkerMemoryMiB}: allowed are 0 and more.");
        Check(BinDays is >= 0 and <= 3650, $"Lab:BinDays is {BinDays}: allowed are 0 to 3650.");
        Check(VerifyDays is >= 0 and <= 3650, $"Lab:VerifyDays is {VerifyDays}: allowed are 0 to 3650.");
        foreach (string root in ImportRoots)
            Check(Directory.Exists(root), $"Lab:ImportRoots names \"{root}\", which is no folder.");
        CheckTime(StopGrace, nameof(StopGrace));
        CheckTime(ShutdownGrace, nameof(ShutdownGrace));
        CheckTime(CheckInGrace, nameof(CheckInGrace));
        Check(SystemMetricsInterval == TimeSpan.Zero || (SystemMetricsInterval >= TimeSpan.FromSeconds(1) && SystemMetricsInterval <= TimeSpan.FromHours(1)),
            $"Lab:SystemMetricsInterval is {SystemMetricsInterval}: allowed are 00:00:01 to 01:00:00, and 00:00:00 for no measuring.");
        Check(Enum.IsDefined(Database.Provider), $"Lab:Database:Provider is \"{Database.Provider}\": allowed are sqlite and postgresql.");
        Check(Database.Provider != DatabaseProvider.Postgresql || Database.ConnectionString.Length > 0,
            "Lab:Database:ConnectionString is empty: PostgreSQL needs one, such as Host=localhost;Database=lrcnlab;Username=lrcnlab.");
        if (Database.ConnectionString.Length > 0 && Database.ConnectionProblem() is string wrong)
            problems.Add($"Lab:Database:ConnectionString is not one for {Database.Provider.ToString().ToLowerInvariant()}, as Lab:Database:Provider says: {wrong}");
        return problems;

        void Check(bool holds, string problem)
        {
            if (!holds)
                problems.Add(problem);
        }

        void CheckTime(TimeSpan value, string key) =>
            Check(value >= TimeSpan.FromMilliseconds(100) && value <= TimeSpan.FromHours(1), $"Lab:{key} is {value}: allowed are 00:00:00.1 to 01:00:00.");
    }
}

public enum DatabaseProvider { Sqlite, Postgresql }

public sealed record DatabaseOptions
{
    public DatabaseProvider Provider { get; init; } = DatabaseProvider.Sqlite;

    /// <summary>Empty with SQLite for the file in the data folder.</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>What the provider's own reader says against the text; it never repeats values, which may be secret.</summary>
    internal string? ConnectionProblem()
    {
        try
        {
            DbConnectionStringBuilder builder = Provider == DatabaseProvider.Postgresql ? new NpgsqlConnectionStringBuilder() : new SqliteConnectionStringBuilder();
            builder.ConnectionString = ConnectionString;
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }
}
