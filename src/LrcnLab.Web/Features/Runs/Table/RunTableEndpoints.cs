using LrcnLab.Core.Queries;
using LrcnLab.Web.Hosting;

namespace LrcnLab.Web.Features.Runs.Table;

/// <summary>Tables of runs as files, and the names of what can be a column.</summary>
public static class RunTableEndpoints
{
    public static void MapRunTable(this RouteGroupBuilder runs)
    {
        runs.MapGet("/export", ExportAsync).WithName("ExportRuns").Produces(StatusCodes.Status200OK).ProducesValidationProblem();
        runs.MapGet("/fields", async (RunTableQueries tables, CancellationToken cancel) => new Page<string>(await tables.FieldsAsync(cancel), null)).WithName("ListRunFields").Produces<Page<string>>();
        runs.MapPost("/query/complete", CompleteAsync).WithName("CompleteRunQuery").Produces<Completion>().ProducesValidationProblem();
    }

    private static async Task<IResult> CompleteAsync(CompletionRequest request, RunTableQueries tables, CancellationToken cancel) =>
        request.Text is not { Length: <= 4000 } text ? Problems.Invalid("text", "A query of up to 4,000 characters is needed.") : Results.Ok(await tables.CompleteAsync(text, request.At, cancel));

    private static async Task<IResult> ExportAsync(RunTableQueries tables, HttpRequest http, CancellationToken cancel, string format = "csv", string? query = null, string? sort = null)
    {
        if (!RunTableExport.Formats.TryGetValue(format, out var chosen))
            return Problems.Invalid("format", $"There is no format \"{format}\"; known: {string.Join(", ", RunTableExport.Formats.Keys)}.");
        string[] columns = [.. http.Query["column"].OfType<string>()];
        (RunTableData? table, RunTableProblem? problem) = await tables.ReadAsync(new RunTableRequest(query, sort, columns.Length > 0 ? columns : RunColumns.Default), cancel);
        return table is null ? Problems.Invalid(problem!.Field, Where(problem)) : Results.Stream(to => RunTableExport.WriteAsync(table, format, to, cancel), chosen.Type, $"runs.{chosen.Extension}");
    }

    /// <summary>A problem in one sentence, with its place in a query.</summary>
    public static string Where(RunTableProblem problem) => problem.Place is { } place ? $"At character {place.At + 1}: {problem.Message}" : problem.Message;
}

/// <param name="Text">That somebody writes.</param>
/// <param name="At">Position of the caret, from 0.</param>
public sealed record CompletionRequest(string? Text, int At);
