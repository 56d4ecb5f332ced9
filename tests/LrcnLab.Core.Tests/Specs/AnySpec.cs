using System.Collections;
using System.Globalization;
using CsCheck;
using LrcnLab.Core.Specs;

namespace LrcnLab.Core.Tests.Specs;

/// <summary>Valid specifications at random, drawn from the declared fields, so a new field is covered on the day it is declared.</summary>
internal static class AnySpec
{
    public static Gen<RunSpec> Valid { get; } = new SectionGen(typeof(RunSpec), SpecField.All)
        .Select(section => (RunSpec)section)
        .Where(spec => SpecRules.Check(spec).FirstOrDefault() is null);

    /// <summary>Each leaf's path and value: what two specifications must agree on to be the same.</summary>
    public static IReadOnlyList<string> Leaves(RunSpec spec)
    {
        var leaves = new List<string>();
        Collect(spec, SpecField.All, "", leaves);
        return leaves;
    }

    private static void Collect(object owner, IReadOnlyList<SpecField> fields, string path, List<string> leaves)
    {
        foreach (SpecField field in fields)
        {
            object value = field.Get(owner)!;
            string at = $"{path}/{field.Name}";
            switch (field.Kind)
            {
                case FieldKind.Section:
                    Collect(value, field.Children, at, leaves);
                    break;
                case FieldKind.List:
                    int i = 0;
                    foreach (object item in (IEnumerable)value)
                        Collect(item, field.Children, $"{at}[{i++}]", leaves);
                    if (i == 0)
                        leaves.Add($"{at} = none");
                    break;
                case FieldKind.Integers:
                    leaves.Add($"{at} = {string.Join(", ", (IEnumerable<int>)value)}");
                    break;
                default:
                    leaves.Add($"{at} = {Convert.ToString(value, CultureInfo.InvariantCulture)}");
                    break;
            }
        }
    }

    private static Gen<object> Value(SpecField field) => field.Path switch
    {
        // Kept small, else almost no random network fits into its frames.
        "model.backbone.convolutions[].stride" => Gen.Int[1, 2].Select(i => (object)i),
        "model.backbone.convolutions[].pool" => Gen.Int[1, 2].Select(i => (object)i),
        // Most are own: many known networks have one output only, and need larger frames.
        "model.backbone.network" => Gen.Int[-90, 15].Select(i => (object)(BackboneNetwork)Math.Max(0, i)),
        "model.backbone.output" => Gen.OneOf(BackboneOutput.Pool, BackboneOutput.Pool, BackboneOutput.Fc6, BackboneOutput.Fc7).Select(o => (object)o),
        // Few names are those of layers, and most combinations exclude each other.
        "model.backbone.freeze" => Gen.OneOf(BackboneFreeze.None, BackboneFreeze.All).Select(f => (object)f),
        "model.sequence.readout" => Gen.Int[0, 12].Select(i => (object)(i == 12 ? Readout.All : (Readout)(i % 3))),
        "data.normalization" => Gen.Int[-8, 4].Select(i => (object)(ClipNormalization)Math.Max(0, i)),
        // Only one device takes any other.
        "resources.slots" => Gen.OneOf(1, 1, 1, 4).Select(i => (object)i),
        // Rules between them refuse most others.
        "guards.rules[].watch" => Gen.Int[0, 3].Select(i => (object)(GuardWatch)i),
        "guards.rules[].bound" => Gen.Double[0, 1e9].Select(d => (object)d),
        "guards.rules[].inARow" => Gen.Int[2, 9].Select(i => (object)i),
        // Half precision and many networks refuse any other.
        "resources.recomputeFrames" => Gen.OneOf(0, 0, 0, 8).Select(i => (object)i),
        // Most samplings refuse any other.
        "evaluation.viewStride" => Gen.OneOf(0, 0, 0, 8).Select(i => (object)i),
        _ => field.Kind switch
        {
            FieldKind.Section => new SectionGen(field.Type, field.Children),
            FieldKind.List => new ListGen(field),
            FieldKind.Integer => Gen.OneOf(Gen.Int[(int)field.Minimum, (int)field.Maximum], Gen.OneOf((int)field.Minimum, (int)field.Maximum)).Select(i => (object)i),
            FieldKind.Number => Gen.OneOf(Gen.Double[field.Minimum, field.Maximum], Gen.OneOf(field.Minimum, field.Maximum)).Select(d => (object)d),
            FieldKind.Integers => Gen.Int[(int)field.Minimum, (int)field.Maximum].Array[0, 4].Select(a => (object)(IReadOnlyList<int>)[.. a.Distinct().Order()]),
            FieldKind.Flag => Gen.Bool.Select(b => (object)b),
            FieldKind.Choice => Gen.Int[0, field.Choices.Count - 1].Select(i => Enum.GetValues(field.Type).GetValue(i)!),
            _ => Text((int)field.Minimum, (int)Math.Min(field.Maximum, 30)),
        },
    };

    /// <summary>Texts that mean something else to YAML or JSON when they are not quoted, beside any other text without control characters.</summary>
    private static Gen<object> Text(int minimum, int maximum)
    {
        Gen<string> tricky = Gen.OneOf(
            "null", "~", "true", "false", "yes", "1", "1.5", "1e5", "0x10", "-1", "NaN", ".inf", " leading", "trailing ", "a: b", "a #b", "# c", "- x", "!tag", "&anchor",
            "*alias", "@at", "`tick", "...", "---", "{}", "[]", "{a", "'", "\"", "\\", "%", "|", ">", "?", ":", ",", "a,b", "\u2028", "a\u2029b", "\uFEFFa", "Ünïcödé", "動く", "👗", "<<", "=");
        Gen<string> any = Gen.String[Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u00A0', '\uD7FF'], Gen.OneOf(' ', ':', '#', '"', '\'', '\\', '-')), minimum, maximum];
        return Gen.OneOf(tricky, any).Where(t => t.Length >= minimum && !t.Any(char.IsControl)).Select(t => (object)t);
    }

    private sealed class SectionGen(Type type, IReadOnlyList<SpecField> fields) : Gen<object>
    {
        private readonly Gen<object>[] _values = [.. fields.Select(Value)];

        public override object Generate(PCG pcg, Size? min, out Size size)
        {
            object section = Activator.CreateInstance(type)!;
            size = new Size(0);
            for (int i = 0; i < fields.Count; i++)
            {
                object value = _values[i].Generate(pcg, null, out Size part);
                size.Add(part);
                type.GetProperty(char.ToUpperInvariant(fields[i].Name[0]) + fields[i].Name[1..])!.SetValue(section, value);
            }

            return section;
        }
    }

    private sealed class ListGen(SpecField field) : Gen<object>
    {
        private readonly SectionGen _item = new(field.ItemType!, field.Children);

        public override object Generate(PCG pcg, Size? min, out Size size)
        {
            int count = Gen.Int[(int)field.Minimum, 3].Generate(pcg, null, out size);
            var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(field.ItemType!))!;
            for (int i = 0; i < count; i++)
            {
                items.Add(_item.Generate(pcg, null, out Size part));
                size.Add(part);
            }

            return items;
        }
    }
}
