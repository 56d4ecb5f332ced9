namespace LrcnLab.Training;

public enum StopRequest { None, Pause, Stop }

/// <summary>How other threads ask the training thread to end. A stop outranks a pause; a request is never taken back.</summary>
public sealed class StopSignal
{
    private int _request;

    public StopRequest Request => (StopRequest)Volatile.Read(ref _request);

    public void Ask(StopRequest request)
    {
        int current;
        while ((current = Volatile.Read(ref _request)) < (int)request && Interlocked.CompareExchange(ref _request, (int)request, current) != current)
        {
        }
    }
}
