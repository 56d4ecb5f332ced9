using LrcnLab.Web.Features.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class ViewChoiceTests
{
    [Fact]
    public void Choice_InAnAddress_ComesBackAsItWas()
    {
        var choice = new ViewChoice { Basis = "keras-post", Epoch = 3, Seed = 0, Normalized = true, Changes = ["data.sampling=\"skip\"", "augmentation.cropScales=[100,66]"] };
        ViewChoice evaluation = choice with { Chance = false, Epoch = 1, Seed = null };

        Assert.Equal(choice.Key, Read(choice).Key);
        Assert.Equal(choice.Changes, Read(choice).Changes);
        Assert.Equal((3, 0, true, true), (Read(choice).Epoch, Read(choice).Seed, Read(choice).Normalized, Read(choice).Chance));
        Assert.Equal(evaluation.Key, Read(evaluation).Key);
        Assert.Equal("/data/00000000-0000-0000-0000-000000000000/browse?see=keras-post", new ClipFilter().Address(Guid.Empty, new ViewChoice { Basis = "keras-post" }.Query()));
    }

    [Fact]
    public void Address_WithNonsense_IsTheFirstDraw()
    {
        Assert.Null(ViewChoice.Parse(null, "evaluation", 3, 3, null, null));
        Assert.Equal(new ViewChoice { Basis = "x" }.Key, ViewChoice.Parse("x", "nonsense", -4, -1, "nonsense", null)!.Key);
    }

    private static ViewChoice Read(ViewChoice choice)
    {
        Dictionary<string, StringValues> query = QueryHelpers.ParseQuery(new Uri("http://lab" + new ClipFilter().Address(Guid.Empty, choice.Query())).Query);
        int? Number(string name) => query.TryGetValue(name, out StringValues value) ? int.Parse(value!, null) : null;
        return ViewChoice.Parse(query["see"], query.GetValueOrDefault("draw"), Number("epoch"), Number("seed"), query.GetValueOrDefault("values"), query.TryGetValue("set", out StringValues set) ? [.. set.OfType<string>()] : null)!;
    }
}
