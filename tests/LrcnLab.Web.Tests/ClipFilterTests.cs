using LrcnLab.Core.Datasets;
using LrcnLab.Web.Features.Data;
using Xunit;

namespace LrcnLab.Web.Tests;

public sealed class ClipFilterTests
{
    [Fact]
    public void Filter_InAnAddress_ComesBackAsItWas()
    {
        var filter = new ClipFilter { Class = "a & b=ü", Split = Split.Validation, From = 3, To = 9, Flags = SampleFlags.Blank | SampleFlags.Duplicate, Text = "x y", Sort = ClipSort.Class };

        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri("http://lab" + filter.Address(Guid.Empty)).Query);

        Assert.Equal(filter, ClipFilter.Parse(query["class"], query["split"], int.Parse(query["from"]!, null), int.Parse(query["to"]!, null), query["flags"], query["q"], query["sort"]));
        Assert.Equal("/data/00000000-0000-0000-0000-000000000000/browse", new ClipFilter().Address(Guid.Empty));
    }
}
