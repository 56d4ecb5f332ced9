using LrcnLab.Core.Training;

namespace LrcnLab.Samples.Generator;

/// <summary>What people would say of a clip.</summary>
internal static class Sentences
{
    /// <summary>By label of Fashion-MNIST; the first word is also the file's name.</summary>
    private static readonly string[][] Subjects =
    [
        ["t-shirt", "tee"], ["pair of trousers"], ["pullover", "sweater"], ["dress"], ["coat"],
        ["sandal"], ["shirt"], ["sneaker", "trainer"], ["bag", "handbag"], ["ankle boot", "boot"],
    ];

    private static readonly string[] FileWords = ["t-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"];

    private static readonly string[][] Predicates =
    [
        ["slides to the left", "moves left", "glides from right to left", "drifts to the left"],
        ["slides to the right", "moves right", "glides from left to right", "drifts to the right"],
        ["slides up", "moves upwards", "rises", "floats towards the top"],
        ["slides down", "moves downwards", "sinks", "drops towards the bottom"],
        ["grows", "gets bigger", "comes closer", "becomes larger and larger"],
        ["shrinks", "gets smaller", "moves away", "becomes smaller and smaller"],
        ["spins clockwise", "turns clockwise", "rotates to the right", "rotates clockwise"],
        ["spins counter-clockwise", "turns counter-clockwise", "rotates to the left", "rotates counter-clockwise"],
    ];

    public static string FileWord(Garment garment) => FileWords[garment.Kind];

    public static string Describe(Garment garment, Motion motion, ref SplitMix random)
    {
        string subject = Pick(Subjects[garment.Kind], ref random), predicate = Pick(Predicates[(int)motion], ref random);
        string article = "aeiou".Contains(subject[0], StringComparison.Ordinal) ? "an" : "a";
        return $"{article} {subject} {predicate}";
    }

    private static string Pick(string[] words, ref SplitMix random) => words[(int)(random.NextUnit() * words.Length)];
}
