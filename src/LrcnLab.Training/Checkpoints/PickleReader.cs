using System.Buffers.Binary;
using System.Text;

namespace LrcnLab.Training.Checkpoints;

/// <summary>A name that a pickle asks for, such as <c>torch.FloatStorage</c>; never looked up, never called.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A dictionary of a pickle in the order of its keys.</summary>
internal sealed class PickleDictionary
{
    public List<KeyValuePair<object?, object?>> Items { get; } = [];

    /// <summary>The value of a word; null when there is none.</summary>
    public object? Find(string key) => Items.LastOrDefault(i => key.Equals(i.Key)).Value;
}

/// <summary>
/// Reads the few instructions of Python's pickle format (docs.python.org, <c>pickletools</c>) of which dictionaries, lists, numbers, words and references are
/// made. Nothing is executed: where a pickle wants something built, <paramref name="build"/> decides what that is and refuses all it does not know.
/// </summary>
/// <param name="data">The pickle.</param>
/// <param name="build">Is given the name and the arguments; throws <see cref="InvalidDataException"/> for any other than it knows.</param>
/// <param name="reference">Is given what a reference to outside consists of.</param>
internal sealed class PickleReader(byte[] data, Func<PickleGlobal, object?[], object?> build, Func<object?, object?> reference)
{
    private static readonly object Mark = new();

    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;

    /// <exception cref="InvalidDataException">It is damaged, or asks for more than data; the message says what.</exception>
    public object? Read()
    {
        while (true)
        {
            byte code = Byte();
            if (code == (byte)'.')
                return _stack.Count == 1 ? Pop() : throw Damaged($"{_stack.Count} values are left at its end");
            Step(code);
        }
    }

    private void Step(byte code)
    {
        switch (code)
        {
            case 0x80:
                if (Byte() is var protocol and > 5)
                    throw Damaged($"protocol {protocol}");
                break;
            case 0x95:
                Bytes(8);
                break;
            case (byte)'(':
                Push(Mark);
                break;
            case (byte)'N':
                Push(null);
                break;
            case 0x88 or 0x89:
                Push(code == 0x88);
                break;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case (byte)'K':
                Push((long)Byte());
                break;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                break;
            case 0x8a:
                Push(Long(Bytes(Byte())));
                break;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                break;
            case (byte)'X':
                Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))));
                break;
            case 0x8c:
                Push(Text(Byte()));
                break;
            case 0x8d:
                Push(Text(BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8))));
                break;
            case (byte)'c':
                Push(new PickleGlobal(Line(), Line()));
                break;
            case 0x93:
                var (name, module) = (Pop() as string, Pop() as string);
                Push(name is null || module is null ? throw Damaged("a name that is no word") : new PickleGlobal(module, name));
                break;
            case (byte)'R' or 0x81:
                object? arguments = Pop();
                Push(Build(Pop(), arguments));
                break;
            case (byte)'Q':
                Push(reference(Pop()));
                break;
            case (byte)'b':
                // Attributes of what was built: a dictionary of weights carries versions of its layers so. Nothing here needs them.
                Pop();
                break;
            default:
                if (!Remember(code) && !Collect(code))
                    throw new InvalidDataException($"The pickle has the instruction 0x{code:x2} at byte {_at - 1}, which tensors do not need; nothing of it was executed.");
                break;
        }
    }

    /// <returns>Whether it was an instruction that puts things aside or takes them up again.</returns>
    private bool Remember(byte code)
    {
        switch (code)
        {
            case (byte)'q':
                _memo[Byte()] = Top();
                return true;
            case (byte)'r':
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Top();
                return true;
            case 0x94:
                _memo[(uint)_memo.Count] = Top();
                return true;
            case (byte)'h' or (byte)'j':
                uint key = code == (byte)'h' ? Byte() : BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));
                Push(_memo.TryGetValue(key, out object? value) ? value : throw Damaged($"nothing was put aside under {key}"));
                return true;
            default:
                return false;
        }
    }

    /// <returns>Whether it was an instruction that brings values together.</returns>
    private bool Collect(byte code)
    {
        switch (code)
        {
            case (byte)')':
                Push(Array.Empty<object?>());
                return true;
            case (byte)'t':
                Push(PopToMark());
                return true;
            case 0x85 or 0x86 or 0x87:
                var tuple = new object?[code - 0x84];
                for (int i = tuple.Length - 1; i >= 0; i--)
                    tuple[i] = Pop();
                Push(tuple);
                return true;
            case (byte)']':
                Push(new List<object?>());
                return true;
            case (byte)'}':
                Push(new PickleDictionary());
                return true;
            case (byte)'a' or (byte)'e':
                object?[] added = code == (byte)'a' ? [Pop()] : PopToMark();
                (Top() as List<object?> ?? throw Damaged("an entry for what is no list")).AddRange(added);
                return true;
            case (byte)'s' or (byte)'u':
                object?[] pairs = code == (byte)'s' ? [.. new[] { Pop(), Pop() }.Reverse()] : PopToMark();
                if (Top() is not PickleDictionary dictionary || pairs.Length % 2 != 0)
                    throw Damaged("entries for what is no dictionary");
                for (int i = 0; i < pairs.Length; i += 2)
                    dictionary.Items.Add(new(pairs[i], pairs[i + 1]));
                return true;
            default:
                return false;
        }
    }

    private object? Build(object? callable, object? arguments) => callable is PickleGlobal global && arguments is object?[] given
        ? build(global, given)
        : throw Damaged("something is to be built of what has no name");

    private object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        if (mark < 0)
            throw Damaged("an end without a beginning");
        object?[] values = [.. _stack.Skip(mark + 1)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        object? value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object? Top() => _stack.Count > 0 && !ReferenceEquals(_stack[^1], Mark) ? _stack[^1] : throw Damaged("a value is missing");

    private byte Byte() => Bytes(1)[0];

    private ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)(data.Length - _at))
            throw Damaged("it ends in the middle");
        _at += (int)count;
        return data.AsSpan(_at - (int)count, (int)count);
    }

    private string Text(ulong length)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes(length));
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("a word is no UTF-8");
        }
    }

    private string Line()
    {
        int end = data.AsSpan(_at).IndexOf((byte)'\n');
        if (end is < 0 or > 200)
            throw Damaged("a name has no end");
        string line = Encoding.Latin1.GetString(data, _at, end);
        _at += end + 1;
        return line;
    }

    private long Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8)
            throw Damaged("a number of more than 64 bits");
        long value = bytes.Length > 0 && (bytes[^1] & 0x80) != 0 ? -1 : 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
            value = value << 8 | bytes[i];
        return value;
    }

    private InvalidDataException Damaged(string what) => new($"The pickle is damaged at byte {_at}: {what}.");
}
