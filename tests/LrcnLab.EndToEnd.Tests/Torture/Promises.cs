using System.Text.Json.Nodes;
using LrcnLab.EndToEnd.Tests.Fixtures;
using Xunit;

namespace LrcnLab.EndToEnd.Tests.Torture;

/// <summary>What the program has shown of a run so far: all that must be there ever after.</summary>
public sealed class Promises
{
    private const string Loss = "train/loss";

    private readonly SortedDictionary<long, string> _loss = [];
    private long _checkpoint;

    public int Points => _loss.Count;

    /// <summary>Asks the program, and remembers its answer; what was promised before must be in it.</summary>
    public async Task AskAsync(LabApi api, Guid run, CancellationToken cancel)
    {
        SortedDictionary<long, string> loss = await LossAsync(api, run, cancel);
        foreach (var (step, value) in _loss)
            Assert.True(loss.GetValueOrDefault(step) == value, $"Step {step} of {Loss} was {value} and is {loss.GetValueOrDefault(step) ?? "gone"} now.");
        foreach (var (step, value) in loss)
            _loss[step] = value;

        JsonNode? last = (await api.ItemsAsync($"runs/{run}/checkpoints", cancel)).FirstOrDefault(c => c!["kind"]!.GetValue<string>() == "last");
        long checkpoint = last?["step"]!.GetValue<long>() ?? 0;
        Assert.True(checkpoint >= _checkpoint, $"The checkpoint of step {_checkpoint} was shown, and now the last is of step {checkpoint}.");
        _checkpoint = checkpoint;
    }

    /// <summary>Steps and values as text, so that NaN and the last bit count.</summary>
    public static async Task<SortedDictionary<long, string>> LossAsync(LabApi api, Guid run, CancellationToken cancel)
    {
        JsonArray items = await api.ItemsAsync($"runs/{run}/metrics?key={Loss}&points=100000", cancel);
        return new SortedDictionary<long, string>(items.SelectMany(s => s!["steps"]!.AsArray().Zip(s["values"]!.AsArray()))
            .ToDictionary(p => p.First!.GetValue<long>(), p => p.Second!.ToJsonString()));
    }
}
