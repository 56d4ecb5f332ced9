using LrcnLab.Core.Runs;

namespace LrcnLab.Web.Features.Runs.Life;

/// <summary>How pages call what a run is to another.</summary>
public static class RelationWords
{
    public static string Of(RunRelation relation) => relation switch
    {
        RunRelation.Fork => "fork of",
        RunRelation.Reproduction => "does again",
        RunRelation.SecondPhase => "second phase of",
        _ => "settings of",
    };

    public static string Child(RunRelation relation) => relation switch
    {
        RunRelation.Fork => "fork",
        RunRelation.Reproduction => "reproduction",
        RunRelation.SecondPhase => "second phase",
        _ => "copy",
    };
}
