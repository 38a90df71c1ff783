using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>
/// One of the twelve ways a glass is loaded: tension (+) and compression (-) along x, y, z, and simple shear of either
/// sign in xy, xz and yz. At strain ε the deformation gradient is F = I + ε·E with E = ±ê_a ê_bᵀ; a = b for tension and
/// compression, (a, b) = (x, y) for xy. Every E is upper triangular, so a cell that LAMMPS accepts stays one.
/// </summary>
internal sealed record LoadingMode
{
    private static readonly LoadingMode[] Modes =
    [
        new("xy+", 0, 1, 1), new("xy-", 0, 1, -1),
        new("xz+", 0, 2, 1), new("xz-", 0, 2, -1),
        new("yz+", 1, 2, 1), new("yz-", 1, 2, -1),
        new("x+", 0, 0, 1), new("x-", 0, 0, -1),
        new("y+", 1, 1, 1), new("y-", 1, 1, -1),
        new("z+", 2, 2, 1), new("z-", 2, 2, -1),
    ];

    private LoadingMode(string name, int row, int column, int sign)
    {
        Name = name;
        Row = row;
        Column = column;
        Sign = sign;
    }

    /// <summary>The twelve, in the order in which labels are averaged and written.</summary>
    public static IReadOnlyList<LoadingMode> All => Modes;

    /// <summary>The name in files and on the command line: <c>xy+</c>, <c>x-</c>, ….</summary>
    public string Name { get; }

    /// <summary>a: 0, 1, 2 for x, y, z.</summary>
    public int Row { get; }

    /// <summary>b: 0, 1, 2 for x, y, z.</summary>
    public int Column { get; }

    /// <summary>+1 or -1.</summary>
    public int Sign { get; }

    /// <summary>Whether a ≠ b.</summary>
    public bool IsShear => Row != Column;

    /// <summary>E = ±ê_a ê_bᵀ.</summary>
    public Matrix3 Direction => new(
        Entry(0, 0), Entry(0, 1), Entry(0, 2),
        Entry(1, 0), Entry(1, 1), Entry(1, 2),
        Entry(2, 0), Entry(2, 1), Entry(2, 2));

    /// <summary>The mode of this name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static LoadingMode Parse(string name, string? file = null, int? line = null)
    {
        foreach (LoadingMode mode in Modes)
        {
            if (mode.Name == name)
            {
                return mode;
            }
        }

        throw new InputException(
            "unknown loading mode",
            file,
            line,
            expected: string.Join(' ', Modes.Select(mode => mode.Name)),
            found: $"'{name}'",
            nearest: Nearest(name));
    }

    /// <summary>The component of a symmetric tensor, stored xx yy zz xy xz yz, that does work in this mode.</summary>
    public int VoigtIndex => IsShear ? Row + Column + 2 : Row;

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private double Entry(int row, int column) => row == Row && column == Column ? Sign : 0;

    // Misspellings of so short names are forgotten signs, exchanged axes and capitals.
    private static string? Nearest(string name)
    {
        string axes = new([.. name.ToLowerInvariant().Where(c => c is >= 'x' and <= 'z').Distinct().Order()]);
        string wanted = axes + (name.Contains('-', StringComparison.Ordinal) ? "-" : "+");
        return Modes.FirstOrDefault(mode => mode.Name == wanted)?.Name;
    }
}
