using System.IO.Compression;
using TorchSharp;
using static TorchSharp.torch;

namespace LrcnLab.Training.Checkpoints;

/// <summary>
/// Tensors of a <c>.pth</c> or <c>.pt</c> file as <c>torch.save</c> writes it since PyTorch 1.6: a zip with a pickle that says what there is, and the bytes
/// beside it. The pickle is read by <see cref="PickleReader"/>, which executes nothing; whatever it asks for beyond tensors is refused.
/// </summary>
public static class PyTorchReader
{
    private const long LargestPickle = 64_000_000;
    private const int MostNesting = 4, MostSharing = 8;

    private static readonly Dictionary<string, ScalarType> Storages = new()
    {
        ["DoubleStorage"] = ScalarType.Float64,
        ["FloatStorage"] = ScalarType.Float32,
        ["HalfStorage"] = ScalarType.Float16,
        ["BFloat16Storage"] = ScalarType.BFloat16,
        ["LongStorage"] = ScalarType.Int64,
        ["IntStorage"] = ScalarType.Int32,
        ["ShortStorage"] = ScalarType.Int16,
        ["CharStorage"] = ScalarType.Int8,
        ["ByteStorage"] = ScalarType.Byte,
        ["BoolStorage"] = ScalarType.Bool,
    };

    // Under these names training scripts keep the weights beside other things.
    private static readonly string[] Places = ["state_dict", "model_state_dict", "model", "module", "weights"];

    private sealed record Storage(ScalarType Type, string Key, long Count);

    private sealed record View(Storage Storage, long Offset, long[] Shape, long[] Strides);

    /// <summary>Whether the bytes begin as a zip does.</summary>
    public static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0003\u0004"u8);

    /// <summary>Reads the weights to the CPU by name, without the <c>module.</c> that PyTorch's data parallelism puts before names; they belong to the caller's dispose scope.</summary>
    /// <param name="stream">The whole file; can be searched.</param>
    /// <exception cref="InvalidDataException">The file is damaged, has no weights, or asks for more than tensors; the message says which.</exception>
    public static Dictionary<string, Tensor> Read(Stream stream)
    {
        using ZipArchive archive = Open(stream);
        ZipArchiveEntry pickle = archive.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new InvalidDataException("The zip has no data.pkl: torch.save did not write it.");
        string folder = pickle.FullName[..^"data.pkl".Length];
        if (archive.GetEntry(folder + "byteorder") is { } order && System.Text.Encoding.ASCII.GetString(Bytes(order, 16)).Trim() is var word and not "little")
            throw new InvalidDataException($"The bytes of its numbers are in the order \"{word}\"; only \"little\" is read.");
        object? root = new PickleReader(Bytes(pickle, LargestPickle), Build, Reference).Read();
        PickleDictionary weights = Weights(root, 0) ?? throw new InvalidDataException("There is no dictionary of tensors in it: save model.state_dict(), not the model.");

        var storages = new Dictionary<string, Tensor>();
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            Int128 taken = 0;
            foreach (var (key, value) in weights.Items)
            {
                if (key is not string name || value is not View view)
                    continue;
                Tensor tensor = tensors[Plain(name)] = Tensor(archive, folder, Plain(name), view, storages);
                // Tensors may share numbers, but not so that a small file fills the memory.
                if ((taken += tensor.numel() * tensor.dtype.ElementSize()) > MostSharing * (Int128)stream.Length)
                    throw new InvalidDataException("The tensors of the file are together far larger than the file.");
            }
        }
        finally
        {
            foreach (Tensor storage in storages.Values)
                storage.Dispose();
        }

        return tensors;
    }

    private static ZipArchive Open(Stream stream)
    {
        try
        {
            var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            _ = archive.Entries.Count;
            return archive;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException)
        {
            throw new InvalidDataException($"The zip is cut off or damaged: {e.Message}", e);
        }
    }

    private static object? Build(PickleGlobal what, object?[] arguments) => (what.Module, what.Name) switch
    {
        ("collections", "OrderedDict") when arguments.Length == 0 => new PickleDictionary(),
        ("torch._utils", "_rebuild_tensor_v2") => arguments is [Storage storage, long offset, object?[] shape, object?[] strides, ..]
            ? new View(storage, offset, Sizes(shape), Sizes(strides)) : throw new InvalidDataException("A tensor is described in a way that PyTorch does not use."),
        ("torch._utils", "_rebuild_parameter") => arguments is [View view, ..] ? view : throw new InvalidDataException("A parameter is described in a way that PyTorch does not use."),
        _ => throw new InvalidDataException($"The file asks to call {what}, which tensors do not need; nothing of it was executed. Save model.state_dict() alone."),
    };

    private static Storage Reference(object? what) => what is object?[] and ["storage", PickleGlobal { Module: "torch" } type, string key, string, long count] && Storages.TryGetValue(type.Name, out ScalarType scalar) && count >= 0
        ? new Storage(scalar, key, count)
        : throw new InvalidDataException($"The file keeps numbers in a way that is not read; known are {string.Join(", ", Storages.Keys)}.");

    private static long[] Sizes(object?[] values) => [.. values.Select(v => v is long size and >= 0 ? size : throw new InvalidDataException("The size of a tensor is no number."))];

    /// <summary>The dictionary with the weights: this one, or one in it at a usual place.</summary>
    private static PickleDictionary? Weights(object? root, int depth)
    {
        if (root is not PickleDictionary dictionary || depth > MostNesting)
            return null;
        if (Places.Select(place => Weights(dictionary.Find(place), depth + 1)).FirstOrDefault(found => found is not null) is { } inner)
            return inner;
        return dictionary.Items.Any(i => i is { Key: string, Value: View }) ? dictionary : null;
    }

    private static string Plain(string name) => name.StartsWith("module.", StringComparison.Ordinal) ? name["module.".Length..] : name;

    private static Tensor Tensor(ZipArchive archive, string folder, string name, View view, Dictionary<string, Tensor> storages)
    {
        Int128 count = 1, last = view.Offset;
        if (view.Shape.Length != view.Strides.Length)
            throw new InvalidDataException($"{name} has {view.Shape.Length} sizes and {view.Strides.Length} strides.");
        for (int i = 0; i < view.Shape.Length; i++)
        {
            count = Int128.Min(count * view.Shape[i], long.MaxValue);
            last += (Int128)Math.Max(0, view.Shape[i] - 1) * view.Strides[i];
        }

        if (count > view.Storage.Count || (count > 0 && last >= view.Storage.Count) || view.Offset < 0)
            throw new InvalidDataException($"{name} of shape [{string.Join(", ", view.Shape)}] is larger than the {view.Storage.Count} numbers that are kept for it.");
        string key = $"{view.Storage.Key} {view.Storage.Type}";
        if (!storages.TryGetValue(key, out Tensor? storage))
            storages[key] = storage = Numbers(archive, folder, name, view.Storage);
        using Tensor strided = storage.as_strided(view.Shape, view.Strides, view.Offset);
        return strided.is_contiguous() ? strided.clone() : strided.contiguous();
    }

    private static Tensor Numbers(ZipArchive archive, string folder, string name, Storage storage)
    {
        ZipArchiveEntry entry = archive.GetEntry($"{folder}data/{storage.Key}") ?? throw new InvalidDataException($"The bytes of {name} are missing.");
        Int128 bytes = (Int128)storage.Count * storage.Type.ElementSize();
        if (bytes != entry.Length || entry.CompressedLength != entry.Length)
            throw new InvalidDataException($"{name} should have {bytes} bytes, and {entry.Length} are kept.");
        Tensor value = empty([storage.Count], storage.Type);
        try
        {
            using Stream source = entry.Open();
            source.ReadExactly(value.bytes);
            return value;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            value.Dispose();
            throw new InvalidDataException($"The bytes of {name} are cut off or damaged.", e);
        }
    }

    private static byte[] Bytes(ZipArchiveEntry entry, long most)
    {
        // Stored, as PyTorch writes them: nothing can grow when it is unpacked.
        if (entry.Length > most || entry.CompressedLength != entry.Length)
            throw new InvalidDataException($"{entry.Name} has {entry.Length} bytes; at most {most}, not compressed, are read.");
        byte[] read = new byte[entry.Length];
        try
        {
            using Stream source = entry.Open();
            source.ReadExactly(read);
            return read;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InvalidDataException($"{entry.Name} is cut off or damaged.", e);
        }
    }
}
