using LrcnLab.Core.Training;
using LrcnLab.Media.Writing;
using LrcnLab.Samples.Generator;

if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("Usage: dotnet run --project samples/generator -- OUTPUT [FASHION_MNIST_FOLDER]");
    return 2;
}

const int Seed = 1, FramesPerSecond = 12, Quality = 60;
string output = args[0], source = args.Length > 1 ? args[1] : "/usr/share/datasets/fashion-mnist";
if (!Directory.Exists(source))
{
    Console.Error.WriteLine($"{source} does not exist. Install Fashion-MNIST (apt-get install dataset-fashion-mnist) or name the folder with its four .gz files.");
    return 2;
}

List<Garment> train = Garments.Read(source, "train"), test = Garments.Read(source, "t10k");
Motion[] motions = Enum.GetValues<Motion>();
var captions = new List<string> { "path,caption" };
int clip = 0;

// A garment appears in one clip only: train and validation draw from the two halves of one order, test from other photographs.
Write("train", 70, [.. Shuffled(train).Take(train.Count / 2)]);
Write("validation", 15, [.. Shuffled(train).Skip(train.Count / 2)]);
Write("test", 15, Shuffled(test));
File.WriteAllText(Path.Combine(output, "captions.csv"), string.Join('\n', captions) + "\n");
Console.WriteLine($"{clip} clips in {output}");
return 0;

void Write(string split, int clipsPerClass, List<Garment> garments)
{
    for (int i = 0; i < clipsPerClass * motions.Length; i++)
    {
        Motion motion = motions[i % motions.Length];
        Garment garment = garments[i];
        SplitMix random = Shuffle.ForSample(Seed, 0, clip++);
        var scene = new Scene(garment, ref random);
        byte[][] frames = [.. MotionPath.Draw(motion, ref random).Select(pose => BaselineJpeg.Encode(scene.Draw(pose), MotionPath.Size, MotionPath.Size, Quality))];

        string path = $"{split}/{FolderName(motion)}/{i / motions.Length + 1:D2}-{Sentences.FileWord(garment)}.avi", file = Path.Combine(output, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, AviWriter.Write(MotionPath.Size, MotionPath.Size, FramesPerSecond, frames));
        captions.Add($"{path},{Sentences.Describe(garment, motion, ref random)}");
    }
}

static List<Garment> Shuffled(List<Garment> garments) => [.. Shuffle.Order(garments.Count, Seed, 0).Select(i => garments[i])];

static string FolderName(Motion motion) => motion switch
{
    Motion.SlidesLeft => "slides-left",
    Motion.SlidesRight => "slides-right",
    Motion.SlidesUp => "slides-up",
    Motion.SlidesDown => "slides-down",
    Motion.SpinsClockwise => "spins-clockwise",
    Motion.SpinsCounterclockwise => "spins-counterclockwise",
    _ => motion.ToString().ToLowerInvariant(),
};
