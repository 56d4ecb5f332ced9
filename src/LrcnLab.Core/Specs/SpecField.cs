using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace LrcnLab.Core.Specs;

public enum FieldKind { Section, List, Integers, Integer, Number, Text, Flag, Choice }

/// <summary>One declared field of the specification, as read from <see cref="FieldAttribute"/>.</summary>
public sealed class SpecField
{
    private readonly PropertyInfo _property;

    private SpecField(PropertyInfo property, FieldAttribute declaration, string parentPath, object? owner)
    {
        _property = property;
        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Path = parentPath.Length == 0 ? Name : $"{parentPath}.{Name}";
        Label = declaration.Label;
        Help = declaration.Help;
        Unit = declaration.Unit;
        Minimum = declaration.Minimum;
        Maximum = declaration.Maximum;
        Formerly = declaration.Formerly;
        Item = declaration.Item;
        When = declaration.When;
        Advanced = declaration.Advanced;
        Type = property.PropertyType;
        Kind = KindOf(Type);
        Default = owner is null ? null : property.GetValue(owner);
        Choices = Kind == FieldKind.Choice ? [.. Enum.GetNames(Type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)] : [];
        if (Kind == FieldKind.List)
        {
            ItemType = Type.GetGenericArguments()[0];
            Children = Read(ItemType, Path + "[]");
        }
        else
        {
            Children = Kind == FieldKind.Section ? Read(Type, Path) : [];
        }
    }

    /// <summary>Name within its section, camelCase.</summary>
    public string Name { get; }

    /// <summary>Path from the root, such as <c>model.sequence.hidden</c>; items of lists as <c>[]</c>.</summary>
    public string Path { get; }

    /// <summary>An earlier name that is still understood; empty when there is none.</summary>
    public string Formerly { get; }

    /// <summary>What one item of a list is called.</summary>
    public string Item { get; }

    /// <inheritdoc cref="FieldAttribute.When"/>
    public string When { get; }

    public string Label { get; }
    public string Help { get; }
    public string Unit { get; }
    public double Minimum { get; }
    public double Maximum { get; }
    public bool Advanced { get; }
    public FieldKind Kind { get; }
    public Type Type { get; }
    public Type? ItemType { get; }

    /// <summary>The value of a specification in which nothing was chosen.</summary>
    public object? Default { get; }

    /// <summary>Allowed words of a <see cref="FieldKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>Fields of a section, or of one item of a list.</summary>
    public IReadOnlyList<SpecField> Children { get; }

    /// <summary>The whole specification, section by section, in declared order.</summary>
    public static IReadOnlyList<SpecField> All { get; } = Read(typeof(RunSpec), "");

    /// <summary>Whether the field means something beside its section's other fields.</summary>
    /// <param name="word">Gives the word of another field of the section, by its name.</param>
    public bool Applies(Func<string, string?> word)
    {
        if (When.Length == 0)
            return true;
        string[] parts = When.Split("!=");
        bool not = parts.Length == 2;
        if (!not)
            parts = When.Split('=');
        return word(parts[0]) == parts[1] != not;
    }

    public object? Get(object owner) => _property.GetValue(owner);

    internal void Set(object owner, object? value) => _property.SetValue(owner, value);

    /// <summary>The word for an enum value, as JSON and the form show it.</summary>
    public static string Word(object enumValue) => JsonNamingPolicy.KebabCaseLower.ConvertName(enumValue.ToString()!);

    private static IReadOnlyList<SpecField> Read(Type type, string path)
    {
        object defaults = Activator.CreateInstance(type)!;
        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(p => (Property: p, Declaration: p.GetCustomAttribute<FieldAttribute>()))
            .Where(p => p.Declaration is not null)
            .Select(p => new SpecField(p.Property, p.Declaration!, path, defaults))];
    }

    private static FieldKind KindOf(Type type) =>
        type == typeof(int) ? FieldKind.Integer
        : type == typeof(double) ? FieldKind.Number
        : type == typeof(string) ? FieldKind.Text
        : type == typeof(bool) ? FieldKind.Flag
        : type.IsEnum ? FieldKind.Choice
        : type == typeof(IReadOnlyList<int>) ? FieldKind.Integers
        : type.IsAssignableTo(typeof(IEnumerable)) ? FieldKind.List
        : FieldKind.Section;
}
