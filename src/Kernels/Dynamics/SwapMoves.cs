using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Potentials;
using Glasswright.Kernels.Random;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// Monte Carlo exchanges of atoms between steps of molecular dynamics: two atoms of different species change places, velocities with them, with
/// probability min(1, exp(-ΔU/kT)), ΔU on the instantaneous positions. The kinetic energy does not change, so together with the thermostat
/// the canonical distribution is kept. The cost of a trial is local.
/// </summary>
internal sealed class SwapMoves : IDisposable
{
    private readonly LocalEnergy _energy;
    private readonly ulong _seed;
    private readonly int _perSweep;

    /// <summary>Moves under a potential.</summary>
    /// <param name="tables">The potential.</param>
    /// <param name="seed">Key of the random numbers.</param>
    /// <param name="perSweep">Trials of one sweep.</param>
    public SwapMoves(EamTables tables, ulong seed, int perSweep)
    {
        _energy = new LocalEnergy(tables);
        _seed = seed;
        _perSweep = perSweep;
    }

    /// <summary>Trials so far.</summary>
    public long Tried { get; set; }

    /// <summary>Exchanges made so far.</summary>
    public long Accepted { get; set; }

    /// <summary>Tries exchanges on the present positions; what was accepted is made.</summary>
    /// <param name="motion">The atoms.</param>
    /// <param name="temperature">T, K.</param>
    /// <param name="step">The time step, which names the random numbers.</param>
    /// <returns>Whether a species changed, so that neighbor lists and forces are not those of the atoms any more.</returns>
    /// <exception cref="InputException">The cell is too small for local energy changes.</exception>
    public bool Sweep(AtomMotion motion, double temperature, long step)
    {
        int[] species = motion.Structure.Species;
        if (Array.TrueForAll(species, one => one == species[0]))
        {
            return false;
        }

        _energy.Bind(motion.Structure);
        double thermal = temperature * MetalUnits.BoltzmannConstant;
        DrawSequence draws = RandomStreams.Draws(_seed, RandomStream.HybridSwap, 0, step);
        bool changed = false;
        for (int trial = 0; trial < _perSweep; trial++)
        {
            // Any atom, then any of another species. Numbers of species stay, so the same two are as likely drawn after the exchange as before.
            int a = (int)draws.NextBelow(species.Length), b;
            do
            {
                b = (int)draws.NextBelow(species.Length);
            }
            while (species[a] == species[b]);
            double u = draws.NextUniform();
            Tried++;
            if (_energy.SwapEnergyChange(a, b) <= -thermal * Elementary.Log(u))
            {
                _energy.Commit();
                motion.ExchangeMotion(a, b);
                Accepted++;
                changed = true;
            }
        }

        return changed;
    }

    /// <inheritdoc/>
    public void Dispose() => _energy.Dispose();
}
