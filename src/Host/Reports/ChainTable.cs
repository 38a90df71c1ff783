using Glasswright.Actors.Acceptance;

namespace Glasswright.Host.Reports;

/// <summary><c>chain-r.csv</c>: the committed trials of one chain.</summary>
internal sealed record ChainTable
{
    /// <summary>The chain.</summary>
    public required int Replica { get; init; }

    /// <summary>Numbers of the trials.</summary>
    public required double[] Trial { get; init; }

    /// <summary>Which were accepted.</summary>
    public required bool[] Accepted { get; init; }

    /// <summary>The swapped atoms' ids, the first of each pair.</summary>
    public required double[] AtomA { get; init; }

    /// <summary>The second of each pair.</summary>
    public required double[] AtomB { get; init; }

    /// <summary>How relaxations ended.</summary>
    public required string[] Outcome { get; init; }

    /// <summary>Energies of the trial structures, eV.</summary>
    public required double[] Energy { get; init; }

    /// <summary>Their pressures, bar.</summary>
    public required double[] Pressure { get; init; }

    /// <summary>The rung under whose constants each trial was decided.</summary>
    public required double[] Rung { get; init; }

    /// <summary>Which target vetoed each rejection.</summary>
    public required string[] VetoedBy { get; init; }

    /// <summary>The figures of z in the order of <see cref="TargetReport.Names"/>, each over the trials.</summary>
    public required double[][] Figures { get; init; }

    /// <summary>Number of trials.</summary>
    public int Count => Trial.Length;

    /// <summary>Positions of the accepted trials, in order.</summary>
    public int[] Steps => [.. Enumerable.Range(0, Count).Where(i => Accepted[i])];

    /// <summary>Reads a file.</summary>
    public static ChainTable Read(string path, int replica)
    {
        var table = CsvTable.Read(path);
        return new ChainTable
        {
            Replica = replica,
            Trial = table.Numbers("trial"),
            Accepted = [.. table.Texts("accepted").Select(cell => cell == "1")],
            AtomA = table.Numbers("atom_a"),
            AtomB = table.Numbers("atom_b"),
            Outcome = table.Texts("outcome"),
            Energy = table.Numbers("energy_eV"),
            Pressure = table.Numbers("pressure_bar"),
            Rung = table.Numbers("rung"),
            VetoedBy = table.Texts("vetoed_by"),
            Figures = [.. TargetReport.Names.Select(table.Numbers)],
        };
    }
}
