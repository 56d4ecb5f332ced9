using LrcnLab.Core.Specs;

namespace LrcnLab.Web.Hosting;

/// <summary>Refusals as RFC 9457 problems.</summary>
public static class Problems
{
    /// <summary>400; <c>errors</c> names each wrong field by its path in the specification.</summary>
    public static IResult Invalid(IEnumerable<SpecProblem> problems) => Results.ValidationProblem(
        problems.GroupBy(p => p.Path.Length == 0 ? "spec" : p.Path).ToDictionary(g => g.Key, g => g.Select(p => p.Message).ToArray()),
        title: "The request cannot be accepted as it is.");

    public static IResult Invalid(string field, string message) => Invalid([new SpecProblem(field, message)]);

    public static IResult NotFound(string what) => Results.Problem(what, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>409: the thing is there, but not in a state that allows this.</summary>
    public static IResult Conflict(string refusal) => Results.Problem(refusal, statusCode: StatusCodes.Status409Conflict, title: "Not possible now");
}

/// <summary>A list in the API. <paramref name="Next"/> is null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
