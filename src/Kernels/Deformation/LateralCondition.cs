namespace Glasswright.Kernels.Deformation;

/// <summary>
/// What the two lengths across a tension or compression axis do. Simple shear keeps all lengths and the volume, so the
/// three are the same there.
/// </summary>
internal enum LateralCondition
{
    /// <summary>They scale by (1+ε)^(-1/2): the volume is kept. The default for new work.</summary>
    Isochoric,

    /// <summary>They stay: the literal reading of Wang and Zhang (2021), nearly a hydrostatic test.</summary>
    Fixed,

    /// <summary>They follow such that the two lateral normal stresses vanish: a uniaxial test.</summary>
    Stress,
}

/// <summary>The names of <see cref="LateralCondition"/> in files and on the command line.</summary>
internal static class LateralConditions
{
    /// <summary><c>isochoric</c>, <c>fixed</c>, <c>stress</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["isochoric", "fixed", "stress"];

    /// <summary>The name of a condition.</summary>
    public static string Name(this LateralCondition condition) => Names[(int)condition];

    /// <summary>The condition of this name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static LateralCondition Parse(string name, string? file = null, int? line = null)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                return (LateralCondition)i;
            }
        }

        throw new InputException(
            "unknown lateral condition",
            file,
            line,
            expected: string.Join(", ", Names),
            found: $"'{name}'",
            nearest: Names.FirstOrDefault(known => name.Length > 0 && char.ToLowerInvariant(name[0]) == known[0]));
    }
}
