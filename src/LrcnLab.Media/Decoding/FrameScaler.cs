using LrcnLab.Core.Specs;

namespace LrcnLab.Media.Decoding;

/// <summary>
/// Interleaved RGBA to planar <c>[C, H, W]</c> of another size. The filter is a triangle as wide as the reduction:
/// bilinear when enlarging, an area-like weighted mean when reducing, so no pixel is skipped and nothing flickers.
/// Reuses its buffers, so one instance serves one thread.
/// </summary>
internal sealed class FrameScaler
{
    private readonly int _sourceWidth, _sourceHeight;
    private readonly FrameFormat _format;
    private readonly FramePlacement _placement;
    private readonly Weights _horizontal, _vertical;
    private readonly float[] _row, _rows;
    private readonly byte[] _filled;

    public FrameScaler(int sourceWidth, int sourceHeight, FrameFormat format)
    {
        (_sourceWidth, _sourceHeight, _format) = (sourceWidth, sourceHeight, format);
        _placement = FramePlacement.Of(sourceWidth, sourceHeight, format);
        _horizontal = new Weights(_placement.CropWidth, _placement.Width);
        _vertical = new Weights(_placement.CropHeight, _placement.Height);
        _row = new float[_placement.CropWidth];
        _rows = new float[_placement.CropHeight * _placement.Width];
        _filled = IsWholeFrame ? [] : new byte[_placement.Width * _placement.Height];
    }

    private bool IsWholeFrame => _placement.Width == _format.Width && _placement.Height == _format.Height;

    public bool Fits(int sourceWidth, int sourceHeight) => sourceWidth == _sourceWidth && sourceHeight == _sourceHeight;

    /// <param name="rgba">Source pixels, 4 bytes each, rows without gaps.</param>
    /// <param name="planar">Receives <see cref="FrameFormat.FrameBytes"/> bytes.</param>
    public void Scale(ReadOnlySpan<byte> rgba, Span<byte> planar)
    {
        int plane = _format.Width * _format.Height;
        for (int c = 0; c < _format.Channels; c++)
        {
            Span<byte> output = planar.Slice(c * plane, plane);
            if (IsWholeFrame)
            {
                ScalePlane(rgba, c, output);
                continue;
            }

            ScalePlane(rgba, c, _filled);
            output.Clear();
            for (int y = 0; y < _placement.Height; y++)
                _filled.AsSpan(y * _placement.Width, _placement.Width).CopyTo(output[((_placement.Top + y) * _format.Width + _placement.Left)..]);
        }
    }

    private void ScalePlane(ReadOnlySpan<byte> rgba, int channel, Span<byte> output)
    {
        bool same = _placement.CropWidth == _placement.Width && _placement.CropHeight == _placement.Height;
        for (int y = 0; y < _placement.CropHeight; y++)
        {
            Pick(rgba.Slice(((_placement.CropY + y) * _sourceWidth + _placement.CropX) * 4, _placement.CropWidth * 4), channel, _row);
            if (same)
                Round(_row, output.Slice(y * _placement.Width, _placement.Width));
            else
                _horizontal.Apply(_row, _rows.AsSpan(y * _placement.Width, _placement.Width));
        }

        if (!same)
            ScaleRows(output);
    }

    private void Pick(ReadOnlySpan<byte> pixels, int channel, Span<float> row)
    {
        if (_format.Color == ColorMode.Gray)
        {
            for (int x = 0; x < row.Length; x++)
                row[x] = 0.299f * pixels[4 * x] + 0.587f * pixels[4 * x + 1] + 0.114f * pixels[4 * x + 2];
        }
        else
        {
            for (int x = 0; x < row.Length; x++)
                row[x] = pixels[4 * x + channel];
        }
    }

    private void ScaleRows(Span<byte> output)
    {
        int width = _placement.Width;
        Span<float> sum = _row.Length >= width ? _row.AsSpan(0, width) : new float[width];
        for (int y = 0; y < _placement.Height; y++)
        {
            sum.Clear();
            ReadOnlySpan<float> weights = _vertical.At(y, out int first);
            for (int k = 0; k < weights.Length; k++)
            {
                ReadOnlySpan<float> row = _rows.AsSpan((first + k) * width, width);
                float weight = weights[k];
                for (int x = 0; x < row.Length; x++)
                    sum[x] += weight * row[x];
            }

            Round(sum, output.Slice(y * width, width));
        }
    }

    private static void Round(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        for (int x = 0; x < bytes.Length; x++)
            bytes[x] = (byte)Math.Clamp(values[x] + 0.5f, 0, 255);
    }

    /// <summary>For each output position: where its inputs start, and their weights, which sum to 1.</summary>
    private sealed class Weights
    {
        private readonly int[] _first;
        private readonly float[][] _weights;

        public Weights(int source, int target)
        {
            double scale = (double)source / target, radius = Math.Max(1, scale);
            _first = new int[target];
            _weights = new float[target][];
            for (int i = 0; i < target; i++)
            {
                double centre = (i + 0.5) * scale;
                int from = Math.Max(0, (int)(centre - radius + 0.5)), to = Math.Min(source, (int)(centre + radius + 0.5));
                double[] weights = [.. Enumerable.Range(from, to - from).Select(s => Math.Max(0, 1 - Math.Abs(s + 0.5 - centre) / radius))];
                double sum = weights.Sum();
                _first[i] = from;
                _weights[i] = [.. weights.Select(w => (float)(w / sum))];
            }
        }

        public ReadOnlySpan<float> At(int i, out int first)
        {
            first = _first[i];
            return _weights[i];
        }

        public void Apply(ReadOnlySpan<float> source, Span<float> target)
        {
            for (int i = 0; i < target.Length; i++)
            {
                float sum = 0;
                float[] weights = _weights[i];
                ReadOnlySpan<float> inputs = source.Slice(_first[i], weights.Length);
                for (int k = 0; k < weights.Length; k++)
                    sum += weights[k] * inputs[k];
                target[i] = sum;
            }
        }
    }
}
