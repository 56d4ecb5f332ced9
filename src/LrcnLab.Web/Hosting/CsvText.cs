namespace LrcnLab.Web.Hosting;

/// <summary>What people wrote, in files that spreadsheets open.</summary>
public static class CsvText
{
    /// <summary>An apostrophe before what a spreadsheet would take for a formula and carry out (OWASP, CSV injection). Not for numbers.</summary>
    public static string Safe(string text) => text.Length > 0 && text[0] is ('=' or '+' or '-' or '@' or '\t' or '\r') ? "'" + text : text;
}
