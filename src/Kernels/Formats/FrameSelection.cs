using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Formats;

/// <summary>Picks one frame of a file that may hold several.</summary>
internal static class FrameSelection
{
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
}
