using LrcnLab.Core.Models;

namespace LrcnLab.Core.Specs;

/// <summary>Rules between fields; ranges of single fields stand in their declarations.</summary>
public static class SpecRules
{
    public static IEnumerable<SpecProblem> Check(RunSpec spec)
    {
        int width = spec.Data.Width, height = spec.Data.Height;
        for (int i = 0; i < spec.Model.Backbone.Convolutions.Count; i++)
        {
            ConvolutionSpec layer = spec.Model.Backbone.Convolutions[i];
            string at = $"model.backbone.convolutions[{i}]";
            if (layer.Padding == Padding.Valid && layer.Kernel > Math.Min(width, height))
            {
                yield return new SpecProblem($"{at}.kernel", $"A kernel of {layer.Kernel} px does not fit into the {width}x{height} px that reach this layer: at most {Math.Min(width, height)} with valid padding.");
                yield break;
            }

            width = ModelPlanner.ConvolutionSize(width, layer);
            height = ModelPlanner.ConvolutionSize(height, layer);
            if (layer.Pool > Math.Min(width, height))
            {
                yield return new SpecProblem($"{at}.pool", $"A pool of {layer.Pool} px does not fit into the {width}x{height} px that reach it: use larger frames, or fewer strides and pools.");
                yield break;
            }

            width /= layer.Pool;
            height /= layer.Pool;
        }

        if (spec.Schedule.Kind == ScheduleKind.InverseTime && spec.Schedule.Decay == 0)
            yield return new SpecProblem("schedule.decay", "The inverse-time schedule needs a decay above 0; Keras' common value is 1e-6.");
    }
}
