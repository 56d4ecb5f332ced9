namespace LrcnLab.Media.Decoding;

/// <summary>A file or folder that cannot be used. The message is one full sentence that names it and the cause, ready to be shown.</summary>
public sealed class MediaException(string message, Exception? cause = null) : Exception(message, cause);
