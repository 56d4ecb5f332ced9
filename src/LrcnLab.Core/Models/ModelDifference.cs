using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Models;

/// <summary>Whether the weights of one specification fit the model of another.</summary>
public static class ModelDifference
{
    /// <param name="checkpoint">With which the weights were trained.</param>
    /// <param name="spec">Whose model is to take them.</param>
    /// <param name="classes">K, the same for both.</param>
    /// <returns>Null when layers and shapes are the same, else a sentence that names the first difference.</returns>
    public static string? Refusal(RunSpec checkpoint, RunSpec spec, int classes)
    {
        ModelPlan old = ModelPlanner.Plan(checkpoint, classes), now = ModelPlanner.Plan(spec, classes);
        if (old.Layers.Count != now.Layers.Count || !old.InputShape.SequenceEqual(now.InputShape))
            return $"The checkpoint is of another model: {Describe(old)}, the specification describes {Describe(now)}.";
        for (int i = 0; i < now.Layers.Count; i++)
        {
            if (Show(old.Layers[i]) != Show(now.Layers[i]))
                return $"The checkpoint is of another model: layer {i + 1} is {Show(old.Layers[i])}, the specification describes {Show(now.Layers[i])}.";
        }

        return null;
    }

    private static string Show(PlanLayer layer) => $"{layer.Name} ({layer.Type}, output [{string.Join(", ", layer.OutputShape)}])";

    private static string Describe(ModelPlan plan) => $"{plan.Layers.Count} layers on clips of [{string.Join(", ", plan.InputShape)}]";
}
