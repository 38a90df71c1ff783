using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Deformation;

/// <summary>Labels of one mode from structures that another program loaded, LAMMPS' dumps say.</summary>
internal static class DumpLabels
{
    /// <summary>Disagreement of a cell's strain with the stated one that is taken for rounding of the file.</summary>
    private const double StrainTolerance = 1e-6;

    /// <summary>ln D²min of every atom of <paramref name="reference"/> at every strain.</summary>
    /// <param name="name">Name of the structure, for the header.</param>
    /// <param name="reference">The undeformed structure.</param>
    /// <param name="steps">One structure a strain, with the same ids, in any order of atoms, wrapped or not.</param>
    /// <param name="definition">Strains (one a step) and exactly one mode; step and tolerance are what the user knows of them.</param>
    /// <param name="files">Where the steps were read from, for errors; null for nowhere.</param>
    /// <exception cref="InputException">
    /// Numbers of steps and strains differ, ids or species differ, or a cell is not at the strain, mode and lateral condition stated.
    /// </exception>
    public static ModeLabelTable Compute(
        string name, AtomicStructure reference, IReadOnlyList<AtomicStructure> steps, LabelDefinition definition, IReadOnlyList<string>? files = null)
    {
        definition.Validate();
        if (definition.Modes.Count != 1)
        {
            throw new InputException(
                "dumps of a run hold one mode", expected: "one mode", found: string.Join(',', definition.Modes.Select(m => m.Name)));
        }

        if (steps.Count != definition.Strains.Count)
        {
            throw new InputException(
                "strains and steps differ in number", expected: $"{steps.Count} strains, one a step", found: $"{definition.Strains.Count}");
        }

        var displacement = new NonaffineDisplacement(reference, definition.Cutoff, definition.DividedByNeighbors);
        var values = new double[steps.Count][][];
        for (int s = 0; s < steps.Count; s++)
        {
            string? file = files?[s];
            CheckCell(reference.Cell, steps[s].Cell, definition, definition.Strains[s], file);
            values[s] = [new double[reference.Count]];
            displacement.Compute(InOrderOf(reference, steps[s], definition.Strains[s], file), values[s][0]);
            LabelUnit.TakeLogarithms(values[s][0]);
        }

        var header = new LabelHeader
        {
            Definition = definition,
            Structure = name,
            StructureSha256 = StructureDigest.Compute(reference),
        };
        return new ModeLabelTable(header, [.. reference.Ids], values);
    }

    private static AtomicStructure InOrderOf(AtomicStructure reference, AtomicStructure step, double strain, string? file)
    {
        if (step.Count != reference.Count)
        {
            throw new InputException(
                $"the structure at strain {LabelDefinition.Text(strain)} has other atoms than the reference",
                file: file,
                expected: $"{reference.Count} atoms",
                found: $"{step.Count}");
        }

        var indices = new Dictionary<long, int>(step.Count);
        for (int i = 0; i < step.Count; i++)
        {
            indices[step.Ids[i]] = i;
        }

        var ordered = new AtomicStructure(reference.Count, step.Cell, step.SpeciesNames);
        for (int i = 0; i < reference.Count; i++)
        {
            if (!indices.TryGetValue(reference.Ids[i], out int there))
            {
                throw new InputException(
                    $"the structure at strain {LabelDefinition.Text(strain)} lacks an atom of the reference",
                    file: file,
                    expected: $"an atom with id {reference.Ids[i]}");
            }

            if (step.Species[there] != reference.Species[i])
            {
                throw new InputException(
                    $"atom {reference.Ids[i]} at strain {LabelDefinition.Text(strain)} is of another species than in the reference", file: file);
            }

            ordered.Ids[i] = reference.Ids[i];
            ordered.Species[i] = reference.Species[i];
            ordered.SetPosition(i, step.Position(there));
        }

        return ordered;
    }

    /// <summary>The gradient between the cells, H_cur H_ref⁻¹, must be that of the mode at the strain.</summary>
    private static void CheckCell(Cell reference, Cell current, LabelDefinition definition, double strain, string? file)
    {
        LoadingMode mode = definition.Modes[0];
        Matrix3 found = current.Vectors * reference.Inverse;
        Matrix3 wanted = LoadingPath.Gradient(mode, definition.Lateral, strain);
        if (definition.Lateral == LateralCondition.Stress && !mode.IsShear)
        {
            // The lateral lengths are what the stress made of them.
            wanted = mode.Row switch
            {
                0 => wanted with { YY = found.YY, ZZ = found.ZZ },
                1 => wanted with { XX = found.XX, ZZ = found.ZZ },
                _ => wanted with { XX = found.XX, YY = found.YY },
            };
        }

        double[] differences =
        [
            found.XX - wanted.XX, found.XY - wanted.XY, found.XZ - wanted.XZ,
            found.YX - wanted.YX, found.YY - wanted.YY, found.YZ - wanted.YZ,
            found.ZX - wanted.ZX, found.ZY - wanted.ZY, found.ZZ - wanted.ZZ,
        ];
        if (differences.Any(difference => !(Math.Abs(difference) <= StrainTolerance)))
        {
            throw new InputException(
                $"a structure's cell is not at {mode} {LabelDefinition.Text(strain)} ({definition.Lateral.Name()}) of the reference",
                file: file,
                expected: Describe(wanted),
                found: Describe(found));
        }
    }

    private static string Describe(Matrix3 m) => FormattableString.Invariant(
        $"xx {m.XX:0.######}, yy {m.YY:0.######}, zz {m.ZZ:0.######}, xy {m.XY:0.######}, xz {m.XZ:0.######}, yz {m.YZ:0.######}");
}
