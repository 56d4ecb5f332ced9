namespace LrcnLab.Core.Queries;

/// <summary>What may stand at a place of a text.</summary>
/// <param name="At">Where the word begins that a suggestion replaces.</param>
/// <param name="Length">Of that word, up to the place.</param>
/// <param name="Items">The best first; empty where nothing is known to fit.</param>
public sealed record Completion(int At, int Length, IReadOnlyList<string> Items);

/// <summary>Says what may come next while somebody writes a <see cref="RunQuery"/>.</summary>
public static class QueryCompletion
{
    private const int Most = 12;

    private static readonly string[] Operators = ["=", "!=", ">", ">=", "<", "<=", "~", "!~", "in ("], Joints = ["and", "or"];

    private enum Expected { Field, Operator, Value, Listed, Joint }

    /// <param name="text">The query so far.</param>
    /// <param name="caret">Position in it, from 0.</param>
    /// <param name="fields">Every field that some run has a value for.</param>
    /// <param name="values">Known values of a field.</param>
    public static Completion At(string text, int caret, IReadOnlyList<string> fields, Func<string, IEnumerable<string>> values)
    {
        caret = Math.Clamp(caret, 0, text.Length);
        int at = WordStart(text, caret);
        string word = text[at..caret];
        (Expected expected, string field) = After(text[..at]);
        IEnumerable<string> items = expected switch
        {
            Expected.Operator => Operators,
            Expected.Value or Expected.Listed => values(field).Select(Quoted),
            Expected.Joint => word.Length == 0 ? Joints : [.. Joints, .. fields],
            _ => fields,
        };
        string sought = word.TrimStart('"');
        string[] found = [.. items.Distinct()
            .Select(item => (Item: item, Rank: Rank(item.TrimStart('"'), sought)))
            .Where(i => i.Rank < 4 && i.Item != word).OrderBy(i => i.Rank).Take(Most).Select(i => i.Item)];
        return new Completion(at, caret - at, found);
    }

    /// <summary>Where the word at the caret begins; a function and its open bracket belong to it.</summary>
    private static int WordStart(string text, int caret)
    {
        int at = caret;
        int quotes = text.AsSpan(0, caret).Count('"');
        if (quotes % 2 == 1)
            return text.LastIndexOf('"', caret - 1);
        while (at > 0 && IsWord(text[at - 1]))
            at--;
        if (at < 2 || text[at - 1] != '(' || !IsWord(text[at - 2]))
            return at;
        int name = at - 1;
        while (name > 0 && IsWord(text[name - 1]))
            name--;
        return text[name..(at - 1)].Equals("in", StringComparison.OrdinalIgnoreCase) ? at : name;
    }

    private static (Expected Expected, string Field) After(string before)
    {
        Expected expected = Expected.Field;
        string field = "";
        List<QueryToken> tokens = QueryTokens.Read(before).Tokens;
        for (int i = 0; i < tokens.Count && tokens[i].Kind != QueryTokenKind.End; i++)
        {
            QueryToken token = tokens[i];
            switch (token.Kind)
            {
                case QueryTokenKind.Operator:
                    expected = Expected.Value;
                    break;
                case QueryTokenKind.Word when token.Is("in") && expected == Expected.Operator:
                    expected = Expected.Value;
                    break;
                case QueryTokenKind.Open when expected == Expected.Value:
                case QueryTokenKind.Comma:
                    expected = Expected.Listed;
                    break;
                case QueryTokenKind.Open:
                    expected = Expected.Field;
                    break;
                case QueryTokenKind.Close:
                    expected = Expected.Joint;
                    break;
                case QueryTokenKind.Word when token.Is("and") || token.Is("or") || token.Is("not"):
                    expected = Expected.Field;
                    break;
                case QueryTokenKind.Word or QueryTokenKind.Text when expected == Expected.Value:
                    expected = Expected.Joint;
                    break;
                case QueryTokenKind.Word or QueryTokenKind.Text when expected == Expected.Listed:
                    break;
                default:
                    field = token.Text;
                    // A function is a field with all of its brackets.
                    if (i + 1 < tokens.Count && tokens[i + 1].Kind == QueryTokenKind.Open && tokens[i + 1].At == token.At + token.Length)
                    {
                        int close = tokens.FindIndex(i, t => t.Kind == QueryTokenKind.Close);
                        if (close < 0)
                            return (Expected.Field, "");
                        field = string.Concat(tokens[i..(close + 1)].Select(t => t.Text));
                        i = close;
                    }

                    expected = token.Kind == QueryTokenKind.Text ? Expected.Joint : Expected.Operator;
                    break;
            }
        }

        return (expected, field);
    }

    /// <summary>The start of it, the start of one of its parts, anywhere in it, not at all (4).</summary>
    private static int Rank(string item, string sought)
    {
        if (sought.Length == 0)
            return 0;
        int found = item.IndexOf(sought, StringComparison.OrdinalIgnoreCase);
        return found < 0 ? 4 : found == 0 ? 0 : char.IsLetterOrDigit(item[found - 1]) ? 2 : 1;
    }

    private static string Quoted(string value) => value.Length > 0 && value.All(IsWord) ? value : RunQuery.Quote(value);

    private static bool IsWord(char c) => !char.IsWhiteSpace(c) && !"()\",=<>!~".Contains(c, StringComparison.Ordinal);
}
