namespace LrcnLab.EndToEnd.Tests.Torture;

/// <summary>What is killed.</summary>
public enum Victim
{
    Worker,
    Program,

    /// <summary>The program, and its worker before it can write a checkpoint.</summary>
    Both,
}

/// <summary>When it is killed.</summary>
public enum Moment
{
    /// <summary>After a random time.</summary>
    AnyTime,

    /// <summary>When the worker's process appears: the run is starting, and the program may not have noted it yet.</summary>
    WorkerAppears,

    /// <summary>When a file appears in the run's folder of checkpoints: it is being written, or waits to be taken.</summary>
    CheckpointIsWritten,

    /// <summary>When a file is on its way into the artifact store.</summary>
    ArtifactIsTaken,

    /// <summary>When the API shows a newer checkpoint: its row was just written and the one before is being removed.</summary>
    CheckpointIsRecorded,

    /// <summary>When the worker has said that it is done, and the program may not have heard it yet.</summary>
    WorkerIsDone,
}

/// <summary>One blow.</summary>
/// <param name="Victim">What is hit.</param>
/// <param name="Moment">When.</param>
/// <param name="Delay">After that moment, or after the run's (re)start for any time.</param>
/// <param name="Pause">Until the program is started again.</param>
public sealed record Strike(Victim Victim, Moment Moment, TimeSpan Delay, TimeSpan Pause)
{
    /// <summary>One to three of them. As many in a row as a run goes on by itself without a new checkpoint.</summary>
    public static IReadOnlyList<Strike> Draw(Random random) => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => One(random))];

    private static Strike One(Random random)
    {
        var moment = (Moment)random.Next(Enum.GetValues<Moment>().Length);
        double delay = moment == Moment.AnyTime ? random.NextDouble() * 6000 : random.Next(2) * random.NextDouble() * 30;
        return new Strike((Victim)random.Next(3), moment, TimeSpan.FromMilliseconds(delay), TimeSpan.FromMilliseconds(random.Next(2) * random.Next(1500)));
    }

    public override string ToString() => $"{Victim} at {Moment} + {Delay.TotalMilliseconds:0} ms";
}
