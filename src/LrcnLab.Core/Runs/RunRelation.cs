namespace LrcnLab.Core.Runs;

/// <summary>What a run is to the run that it was made from.</summary>
public enum RunRelation
{
    /// <summary>Began with its settings.</summary>
    Copy,

    /// <summary>Begins with a checkpoint of it.</summary>
    Fork,

    /// <summary>Does the same again, to see whether the same comes out.</summary>
    Reproduction,

    /// <summary>Begins with its best weights, and launches itself when it is completed.</summary>
    SecondPhase,
}
