using System.Text;

namespace LrcnLab.Core.Queries;

internal enum QueryTokenKind { Word, Text, Operator, Open, Close, Comma, End }

/// <param name="Text">Without quotes.</param>
/// <param name="At">Position in the query.</param>
internal readonly record struct QueryToken(QueryTokenKind Kind, string Text, int At, int Length)
{
    public bool Is(string word) => Kind == QueryTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What is wrong with a query, and where.</summary>
/// <param name="At">Position of the first wrong character, from 0.</param>
/// <param name="Length">How many are meant.</param>
public sealed record QueryProblem(int At, int Length, string Message);

/// <summary>Cuts a query into words.</summary>
internal static class QueryTokens
{
    private static readonly string[] Operators = ["!=", "!~", "==", ">=", "<=", "=", ">", "<", "~"];

    public static (List<QueryToken> Tokens, QueryProblem? Problem) Read(string text)
    {
        var tokens = new List<QueryToken>();
        for (int at = 0; at < text.Length;)
        {
            char c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            QueryToken? token = c switch
            {
                '(' => new QueryToken(QueryTokenKind.Open, "(", at, 1),
                ')' => new QueryToken(QueryTokenKind.Close, ")", at, 1),
                ',' => new QueryToken(QueryTokenKind.Comma, ",", at, 1),
                '"' => Quoted(text, at),
                _ when Operators.FirstOrDefault(o => text.AsSpan(at).StartsWith(o)) is { } found => new QueryToken(QueryTokenKind.Operator, found, at, found.Length),
                _ => Word(text, at),
            };
            if (token is not QueryToken next)
                return (tokens, c == '"' ? new QueryProblem(at, text.Length - at, "The quotation mark has no end.") : new QueryProblem(at, 1, $"\"{c}\" has no meaning here."));
            tokens.Add(next);
            at += next.Length;
        }

        tokens.Add(new QueryToken(QueryTokenKind.End, "", text.Length, 0));
        return (tokens, null);
    }

    private static QueryToken? Quoted(string text, int at)
    {
        var value = new StringBuilder();
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
                return new QueryToken(QueryTokenKind.Text, value.ToString(), at, i + 1 - at);
            if (text[i] == '\\' && i + 1 < text.Length)
                i++;
            value.Append(text[i]);
        }

        return null;
    }

    private static QueryToken? Word(string text, int at)
    {
        int end = at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !"()\",=<>!~".Contains(text[end], StringComparison.Ordinal))
            end++;
        return end == at ? null : new QueryToken(QueryTokenKind.Word, text[at..end], at, end - at);
    }
}
