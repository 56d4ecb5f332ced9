using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

public sealed record LayerSummary(string Name, string Type, IReadOnlyList<int> OutputShape, long Parameters, long Flops);

/// <summary>What <c>POST /models/describe</c> and <c>worker describe --json</c> answer.</summary>
public sealed record ModelSummary(
    IReadOnlyList<LayerSummary> Layers, long Parameters, long TrainableParameters, long ParametersKeras, long FlopsPerClip, long MemoryBytes)
{
    public static ModelSummary Of(RunSpec spec, int classes)
    {
        ModelPlan plan = ModelPlanner.Plan(spec, classes);
        return new ModelSummary(
            [.. plan.Layers.Select(l => new LayerSummary(l.Name, l.Type, l.OutputShape, l.Parameters, l.Flops))],
            plan.Parameters, plan.TrainableParameters, plan.ParametersKeras, plan.FlopsPerClip, plan.MemoryBytes(spec));
    }
}
