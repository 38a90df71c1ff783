using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Dynamics;

/// <summary>
/// The cell's own motion under a pressure: H' = ω H with an upper triangular ω, W ω' = V(p - P) + 1·Σmv²/(3N) with the pressure tensor p
/// (its mean on the diagonal if the shape is kept), and for the atoms r' = v + ω(r - o), v' = f/m - (ω + tr ω/(3N)) v. With the thermostats on atoms
/// and on ω (a chain of its own) it visits the isothermal-isobaric distribution.
/// </summary>
/// <remarks>
/// Sources: Martyna, Tobias, Klein, J. Chem. Phys. 101, 4177 (1994), doi:10.1063/1.467468; Tuckerman et al., J. Phys. A 39, 5629 (2006),
/// doi:10.1088/0305-4470/39/19/S18; Shinoda, Shiga, Mikami, Phys. Rev. B 69, 134103 (2004), doi:10.1103/PhysRevB.69.134103. W = (N + 1) kT τ² for each component;
/// the isotropic barostat has one degree of freedom, ω on the diagonal, with mass 3W. Its
/// chain's first mass is kT τ², as LAMMPS has it, for any number of degrees. ω in 1/ps, order xx yy zz xy xz yz, W in eV ps².
/// </remarks>
internal sealed class Barostat
{
    private readonly double[] _rates = new double[6];
    private readonly bool _full;
    private readonly int _atoms;
    private readonly double _pressure;
    private readonly double _period;

    /// <summary>A cell at rest.</summary>
    /// <param name="full">Whether all six components move; else the volume alone.</param>
    /// <param name="atoms">N.</param>
    /// <param name="pressure">P, bar.</param>
    /// <param name="period">τ, ps.</param>
    public Barostat(bool full, int atoms, double pressure, double period)
    {
        _full = full;
        _atoms = atoms;
        _pressure = pressure / MetalUnits.BarPerPressureUnit;
        _period = period;
    }

    /// <summary>ω, 1/ps, xx yy zz xy xz yz.</summary>
    public Span<double> Rates => _rates;

    /// <summary>The thermostats of ω.</summary>
    public NoseHooverChain Chain { get; } = new(weight: 1);

    private double Degrees => _full ? 6 : 1;

    /// <summary>Lets the chain act on ω.</summary>
    public void Thermostat(double time, double thermal)
    {
        double factor = Chain.Advance(time, Mass(thermal) * FixedSum.SumOfSquares(_rates), Degrees, thermal, _period);
        for (int k = 0; k < 6; k++)
        {
            _rates[k] *= factor;
        }
    }

    /// <summary>Lets the pressure act on ω.</summary>
    /// <param name="time">ps.</param>
    /// <param name="kinetic">Σ m v⊗v, eV.</param>
    /// <param name="virial">eV.</param>
    /// <param name="volume">V, Å³.</param>
    /// <param name="thermal">kT, eV.</param>
    public void Accelerate(double time, ReadOnlySpan<double> kinetic, ReadOnlySpan<double> virial, double volume, double thermal)
    {
        double step = time / Mass(thermal);
        double shared = ((kinetic[0] + kinetic[1] + kinetic[2]) / (3 * _atoms)) - (_pressure * volume);
        if (_full)
        {
            for (int k = 0; k < 6; k++)
            {
                _rates[k] += step * (kinetic[k] + virial[k] + (k < 3 ? shared : 0));
            }

            return;
        }

        double trace = kinetic[0] + kinetic[1] + kinetic[2] + virial[0] + virial[1] + virial[2];
        double rate = _rates[0] + (step * ((trace / 3) + shared));
        _rates[0] = _rates[1] = _rates[2] = rate;
    }

    /// <summary>What ω does to velocities over a time: exp of -(ω + tr ω/(3N)), diagonal halves around the rest.</summary>
    public Matrix3 VelocityFactor(double time)
    {
        double drag = (_rates[0] + _rates[1] + _rates[2]) / (3 * _atoms);
        return Exponential(-time, drag);
    }

    /// <summary>What ω does to the cell and the positions over a time: exp of ω, diagonal halves around the rest.</summary>
    public Matrix3 CellFactor(double time) => Exponential(time, 0);

    /// <summary>½ W Σω² + PV and what the chain adds, eV.</summary>
    public double Energy(double volume, double thermal) =>
        (0.5 * Mass(thermal) * FixedSum.SumOfSquares(_rates)) + (_pressure * volume) + Chain.Energy(Degrees, thermal, _period);

    private double Mass(double thermal) => (_atoms + 1) * thermal * _period * _period;

    /// <summary>D e^{tU} D: D the diagonal over half the time, U the strictly upper part, whose square has one entry and whose cube none.</summary>
    private Matrix3 Exponential(double time, double drag)
    {
        double x = Elementary.Exp(0.5 * time * (_rates[0] + drag));
        if (!_full)
        {
            return new Matrix3(x * x, 0, 0, 0, x * x, 0, 0, 0, x * x);
        }

        double y = Elementary.Exp(0.5 * time * (_rates[1] + drag)), z = Elementary.Exp(0.5 * time * (_rates[2] + drag));
        double xy = time * _rates[3], yz = time * _rates[5], xz = (time * _rates[4]) + (0.5 * xy * yz);
        return new Matrix3(x * x, x * xy * y, x * xz * z, 0, y * y, y * yz * z, 0, 0, z * z);
    }
}
