namespace LrcnLab.Web.Components;

/// <summary>
/// Ends when the person leaves a page. What the page had begun may go on for a moment: unlike the source of a token, this can still be asked for its token then,
/// which is cancelled.
/// </summary>
internal sealed class PageLifetime : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public PageLifetime() => Token = _source.Token;

    public CancellationToken Token { get; }

    public bool HasEnded => Token.IsCancellationRequested;

    public void Dispose()
    {
        if (HasEnded)
            return;
        _source.Cancel();
        _source.Dispose();
    }
}
