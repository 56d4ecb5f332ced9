using MudBlazor;

namespace LrcnLab.Web.Components.Layout;

/// <summary>MudBlazor's widgets in the colours of <c>lab.css</c>.</summary>
public static class LabTheme
{
    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b6e99",
            Secondary = "#55626f",
            Background = "#f6f7f8",
            Surface = "#ffffff",
            TextPrimary = "#16202a",
            TextSecondary = "#55626f",
            LinesDefault = "#dfe3e7",
            TableLines = "#dfe3e7",
            Success = "#1a7f4b",
            Warning = "#8f5b00",
            Error = "#b3261e",
            ActionDefault = "#55626f",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#5cb8e0",
            Secondary = "#9dabb8",
            Background = "#12161b",
            Surface = "#191f26",
            TextPrimary = "#e6ebf0",
            TextSecondary = "#9dabb8",
            LinesDefault = "#2c3640",
            TableLines = "#2c3640",
            Success = "#5cc88d",
            Warning = "#e0a84a",
            Error = "#f28b82",
            ActionDefault = "#9dabb8",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = ["InterVariable", "system-ui", "sans-serif"], FontSize = "0.875rem", LetterSpacing = "normal" },
            Button = new ButtonTypography { TextTransform = "none", FontWeight = "560", LetterSpacing = "normal" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px" },
    };
}
