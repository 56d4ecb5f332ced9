namespace LrcnLab.Core.Queries;

/// <summary>Reads a query by recursive descent, one method a rule of the grammar.</summary>
internal sealed class RunQueryParser(List<QueryToken> tokens)
{
    // Brackets within brackets; more is no question that a person asks.
    private const int Deepest = 100;

    private static readonly string[] Reserved = ["and", "or", "not", "in"];

    private readonly List<RunField> _fields = [];
    private int _at;
    private int _depth;
    private QueryProblem? _problem;

    private delegate bool Test(IRunValues run, DateTime now);

    private QueryToken Next => tokens[_at];

    public (RunQuery? Query, QueryProblem? Problem) Parse()
    {
        if (Next.Kind == QueryTokenKind.End)
            return (new RunQuery((_, _) => true, []), null);
        Test? test = Or();
        if (_problem is null && Next.Kind != QueryTokenKind.End)
            Fail(Next, Next.Kind == QueryTokenKind.Close ? "This bracket was never opened." : $"\"{Next.Text}\" does not fit here: and, or, or the end was expected.");
        return _problem is null && test is not null ? (new RunQuery((run, now) => test(run, now), [.. _fields.Distinct()]), null) : (null, _problem);
    }

    private Test? Or()
    {
        Test? left = And();
        while (_problem is null && Next.Is("or"))
        {
            _at++;
            (Test? before, Test? right) = (left, And());
            left = (run, now) => before!(run, now) || right!(run, now);
        }

        return left;
    }

    private Test? And()
    {
        Test? left = Not();
        // Words side by side are both wanted.
        while (_problem is null && (Next.Is("and") || (Next.Kind is QueryTokenKind.Word or QueryTokenKind.Text or QueryTokenKind.Open && !Next.Is("or"))))
        {
            if (Next.Is("and"))
                _at++;
            (Test? before, Test? right) = (left, Not());
            left = (run, now) => before!(run, now) && right!(run, now);
        }

        return left;
    }

    private Test? Not()
    {
        if (++_depth > Deepest)
            return Fail(Next, "The query is nested too deeply.");
        try
        {
            if (Next.Is("not"))
            {
                _at++;
                Test? inner = Not();
                return inner is null ? null : (run, now) => !inner(run, now);
            }

            if (Next.Kind != QueryTokenKind.Open)
                return Comparison();
            QueryToken open = tokens[_at++];
            Test? within = Or();
            if (_problem is not null)
                return null;
            if (Next.Kind != QueryTokenKind.Close)
                return Fail(open, "This bracket is never closed.");
            _at++;
            return within;
        }
        finally
        {
            _depth--;
        }
    }

    private Test? Comparison()
    {
        QueryToken first = Next;
        if (first.Kind is not (QueryTokenKind.Word or QueryTokenKind.Text) || (first.Kind == QueryTokenKind.Word && Reserved.Contains(first.Text, StringComparer.OrdinalIgnoreCase)))
            return Fail(first, first.Kind == QueryTokenKind.End ? "Something is missing at the end: a field, or a word to look for." : $"\"{first.Text}\" cannot stand here: a field, or a word to look for, was expected.");
        _at++;
        bool call = first.Kind == QueryTokenKind.Word && Next.Kind == QueryTokenKind.Open && Next.At == first.At + first.Length;
        string name = call ? Call(first) : first.Text;
        if (_problem is not null)
            return null;
        if (first.Kind == QueryTokenKind.Text || (!call && Next.Kind != QueryTokenKind.Operator && !Next.Is("in")))
            return (run, _) => run.Words.Any(w => w.Contains(name, StringComparison.OrdinalIgnoreCase));

        (RunField? field, string? refusal) = RunField.Parse(name);
        if (field is null)
            return Fail(new QueryToken(first.Kind, name, first.At, name.Length), refusal!);
        _fields.Add(field);
        QueryToken how = Next;
        _at++;
        if (how.Is("in"))
            return In(field);
        return how.Kind == QueryTokenKind.Operator ? Compare(field, how) : Fail(how, $"After {field} a comparison was expected: = != > >= < <= ~ or in (a, b).");
    }

    /// <summary>Takes the arguments of a function and gives the whole as it was written.</summary>
    private string Call(QueryToken function)
    {
        var text = new System.Text.StringBuilder(function.Text);
        while (Next.Kind is not (QueryTokenKind.Close or QueryTokenKind.End))
            text.Append(tokens[_at++].Text);
        if (Next.Kind == QueryTokenKind.End)
        {
            Fail(function, $"The bracket of {function.Text}( is never closed.");
            return "";
        }

        _at++;
        return text.Append(')').ToString();
    }

    private Test? Compare(RunField field, QueryToken how)
    {
        QueryToken value = Next;
        if (value.Kind is not (QueryTokenKind.Word or QueryTokenKind.Text))
            return Fail(value, $"After {field} {how.Text} a value was expected.");
        _at++;
        (Func<RunValue, DateTime, bool>? compare, string? refusal) = RunComparison.Of(field, how.Text, value.Text, value.Kind == QueryTokenKind.Text);
        return compare is null ? Fail(value, refusal!) : (run, now) => Holds(run, field, compare, now, how.Text.StartsWith('!'));
    }

    private Test? In(RunField field)
    {
        if (Next.Kind != QueryTokenKind.Open)
            return Fail(Next, $"After {field} in a list was expected, such as (a, b).");
        QueryToken open = tokens[_at++];
        var any = new List<Func<RunValue, DateTime, bool>>();
        while (Next.Kind is QueryTokenKind.Word or QueryTokenKind.Text)
        {
            QueryToken value = tokens[_at++];
            (Func<RunValue, DateTime, bool>? compare, string? refusal) = RunComparison.Of(field, "=", value.Text, value.Kind == QueryTokenKind.Text);
            if (compare is null)
                return Fail(value, refusal!);
            any.Add(compare);
            if (Next.Kind == QueryTokenKind.Comma)
                _at++;
        }

        if (Next.Kind != QueryTokenKind.Close || any.Count == 0)
            return Fail(any.Count == 0 ? Next : open, any.Count == 0 ? "The list is empty." : "This bracket is never closed.");
        _at++;
        return (run, now) => any.Exists(compare => Holds(run, field, compare, now, false));
    }

    private static bool Holds(IRunValues run, RunField field, Func<RunValue, DateTime, bool> compare, DateTime now, bool all)
    {
        if (field is not { Kind: RunFieldKind.Property, Name: "tag" } || run.Tags.Count == 0)
            return compare(run.Get(field), now);
        return all ? run.Tags.All(tag => compare(RunValue.Of(tag), now)) : run.Tags.Any(tag => compare(RunValue.Of(tag), now));
    }

    private Test? Fail(QueryToken at, string message)
    {
        _problem ??= new QueryProblem(at.At, Math.Max(1, at.Length), message);
        return null;
    }
}
