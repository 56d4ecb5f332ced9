using LrcnLab.Core.Queries;
using LrcnLab.Core.Specs;
using Xunit;

namespace LrcnLab.Core.Tests.Specs;

public sealed class SpecCompletionTests
{
    /// <summary>A bar stands where the caret is; tab and meaning of a suggestion are left out.</summary>
    [Theory]
    [InlineData("|", "data:", "resources:")]
    [InlineData("opt|", "optimizer:", "optimizer:")]
    [InlineData("data:\n  dataset: x\ntr|", "training:", "training:")]
    [InlineData("optimizer:\n  learn|", "learningRate: ", "learningRate: ")]
    [InlineData("optimizer:\n  learningRate: |", "0.001", "0.001")]
    [InlineData("model:\n  sequence:\n    kind: g|", "gru", "gru")]
    [InlineData("model:\n  sequence:\n    bidirectional: |", "true", "false")]
    [InlineData("model:\n  backbone:\n    convolutions:\n    - filters: 16\n      kern|", "kernel: ", "kernel: ")]
    [InlineData("data:\n  dataset: mov|", "moving-garments", "moving-garments")]
    [InlineData("model:\n  sequence:\n    kind: [lstm, g|", "gru", "gru")]
    [InlineData("{ \"optimizer\": { \"learn|", "\"learningRate\": ", "\"learningRate\": ")]
    [InlineData("{ \"model\": { \"sequence\": { \"kind\": \"g|", "\"gru\"", "\"gru\"")]
    [InlineData("{ \"model\": { \"sequence\": { \"kind\": |", "\"lstm\"", "\"none\"")]
    [InlineData("{ \"data\": { \"clipLength\": 3 }, \"tr|", "\"training\": ", "\"training\": ")]
    public void Completion_OffersWhatFits(string text, string first, string last)
    {
        Completion completion = At(text);

        Assert.Equal((first, last), (Word(completion.Items[0]), Word(completion.Items[^1])));
    }

    [Theory]
    [InlineData("data:\n  clipLength: 3\n  |", "clipLength: ")]
    [InlineData("|\ndata:\n  clipLength: 3\nmodel:\n", "data:")]
    [InlineData("|data:\n", "data:")]
    [InlineData("model:\n  sequence:\n    kind: lstm\n    |\n  backbone:\n", "kind: ")]
    [InlineData("{ \"data\": { \"clipLength\": 3, |", "\"clipLength\": ")]
    public void WhatIsThere_IsNotOfferedAgain(string text, string present) => Assert.DoesNotContain(present, At(text).Items.Select(Word));

    /// <summary>Whatever is offered makes, put in its place, a specification that can be read.</summary>
    [Fact]
    public void EverySectionAndField_IsOffered_AndItsValueReads()
    {
        foreach (SpecField section in SpecField.All.Where(s => s.Children.Count > 0))
        {
            Assert.Contains($"{section.Name}:", At("|").Items.Select(Word));
            foreach (SpecField field in section.Children.Where(f => f.Kind is FieldKind.Choice or FieldKind.Flag))
            {
                foreach (string value in At($"{section.Name}:\n  {field.Name}: |").Items.Select(Word))
                    Assert.DoesNotContain(SpecText.Parse($"{section.Name}:\n  {field.Name}: {value}\n").Problems, p => p.Path == $"{section.Name}.{field.Name}" && p.Message.Contains("allowed", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("nothing:\n  like: |")]
    [InlineData("data: { |")]
    [InlineData("{ \"a\": [ { \"b\": |")]
    [InlineData("\t\t::: |")]
    [InlineData("{\"\\|")]
    public void Nonsense_IsReplacedUpToTheCaret(string text)
    {
        Completion completion = At(text);

        Assert.Equal(text.IndexOf('|', StringComparison.Ordinal), completion.At + completion.Length);
        Assert.InRange(completion.At, 0, text.Length);
    }

    private static Completion At(string text)
    {
        int caret = text.IndexOf('|', StringComparison.Ordinal);
        return SpecCompletion.At(text.Remove(caret, 1), caret, path => path == "data.dataset" ? ["moving-garments"] : []);
    }

    private static string Word(string item) => item.Split('\t')[0];
}
