using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Components;

namespace LrcnLab.Web.Components.Shared;

/// <summary>Notes in Markdown as HTML that is safe to show: HTML in them is text, links lead to web pages or mail only, pictures become links, headings rank below those of the page.</summary>
public static class NotesMarkdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseAutoLinks().Build();
    private static readonly string[] Schemes = ["http", "https", "mailto"];

    public static MarkupString ToHtml(string notes)
    {
        MarkdownDocument document = Markdown.Parse(notes, Pipeline);
        foreach (HeadingBlock heading in document.Descendants<HeadingBlock>())
            heading.Level = Math.Min(6, heading.Level + 2);
        foreach (LinkInline link in document.Descendants<LinkInline>())
        {
            link.IsImage = false;
            link.Url = IsSafe(link.Url) ? link.Url : "";
        }

        foreach (AutolinkInline link in document.Descendants<AutolinkInline>().Where(l => !l.IsEmail && !IsSafe(l.Url)))
            link.Url = "";
        return new MarkupString(document.ToHtml(Pipeline));
    }

    private static bool IsSafe(string? url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && Schemes.Contains(uri.Scheme);
}
