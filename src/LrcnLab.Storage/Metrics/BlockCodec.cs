namespace LrcnLab.Storage.Metrics;

public static class BlockCodec
{
}
