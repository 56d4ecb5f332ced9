using System.CommandLine;
using LrcnLab.Core.Events;
using LrcnLab.Worker.Commands;

var root = new RootCommand("LrcnLab's worker: trains and evaluates LRCN models without a server. Exit codes: 0 done, 2 bad input, 3 stopped on request, 1 any other fault.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    DescribeCommand.Create(),
    ProbeCommand.Create(),
    WeightsCommand.Create(),
    ImportCommand.Create(),
    PrepareCommand.Create(),
    ClipsCommand.Create(),
    PreparedCommand.Create(),
    DevicesCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Add --help to see what is allowed.");
    return WorkerProtocol.ExitBadInput;
}

// Commands end by themselves when asked to: without this the process would be killed two seconds after a signal.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
