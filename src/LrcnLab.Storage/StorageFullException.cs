namespace LrcnLab.Storage;

/// <summary>The disk with the data folder is full, so nothing was changed. The message is for people.</summary>
public sealed class StorageFullException(string message, Exception? inner = null) : Exception(message, inner);
