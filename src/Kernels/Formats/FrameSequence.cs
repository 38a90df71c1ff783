using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>Reads one frame of a text file.</summary>
internal interface IFrameParser
{
    /// <summary>The next frame; null when the file holds no further one.</summary>
    /// <exception cref="InputException">The frame is truncated or malformed.</exception>
    StructureFrame? ParseFrame();
}

/// <summary>Files of several frames, whatever their format: reads them one after the other, picks one, writes them.</summary>
internal static class FrameSequence
{
    /// <summary>Reads all frames, each when it is asked for; the file is opened by the first and closed after the last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="open">Makes the parser of the file's format.</param>
    public static IEnumerable<StructureFrame> Read(string path, Func<LineReader, IFrameParser> open)
    {
        using LineReader reader = new(path);
        IFrameParser parser = open(reader);
        while (parser.ParseFrame() is { } frame)
        {
            yield return frame;
        }
    }

    /// <summary>The frame with the given number.</summary>
    /// <param name="frames">All frames, read as they are asked for.</param>
    /// <param name="number">From 0; negative numbers count from the end, -1 being the last.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="InputException">There is no such frame.</exception>
    public static StructureFrame Pick(IEnumerable<StructureFrame> frames, int number, string file)
    {
        // A window of as many frames as a negative number looks back; a trajectory is never held as a whole.
        Queue<StructureFrame> tail = new();
        int count = 0;
        foreach (StructureFrame frame in frames)
        {
            if (count++ == number)
            {
                return frame;
            }

            if (number < 0)
            {
                tail.Enqueue(frame);
                if (tail.Count > -(long)number)
                {
                    tail.Dequeue();
                }
            }
        }

        return number < 0 && tail.Count == -(long)number
            ? tail.Dequeue()
            : throw new InputException("has no such frame", file: file, expected: $"a frame from 0 to {count - 1}", found: $"{number}");
    }

    /// <summary>Writes all frames one after the other; the file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="frames">What it holds.</param>
    /// <param name="append">Writes one frame at the stream's position; the name is for messages.</param>
    public static void Write(string path, IEnumerable<StructureFrame> frames, Action<Stream, StructureFrame, string?> append)
    {
        ArgumentNullException.ThrowIfNull(frames);
        AtomicFile.Write(path, stream =>
        {
            foreach (StructureFrame frame in frames)
            {
                append(stream, frame, path);
            }
        });
    }
}
