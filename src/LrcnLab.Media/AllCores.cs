using System.Runtime.ExceptionServices;

namespace LrcnLab.Media;

/// <summary>A loop over all cores that ends as a plain loop would: with the first failure itself, or as cancelled.</summary>
internal static class AllCores
{
    public static void For(int count, Action<int> body, CancellationToken ct)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct }, body);
        }
        catch (AggregateException e)
        {
            ct.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }

        ct.ThrowIfCancellationRequested();
    }
}
