using Glasswright.Kernels.Forces;
using Glasswright.Kernels.Numerics;
using Glasswright.Kernels.Structure;

namespace Glasswright.Kernels.Minimization;

/// <summary>Which parts of the cell may change.</summary>
internal enum CellFreedom
{
    /// <summary>The volume alone.</summary>
    Isotropic,

    /// <summary>The three lengths.</summary>
    Anisotropic,

    /// <summary>Lengths and tilts: all six stress components.</summary>
    Full,
}

/// <summary>
/// Minimizes the enthalpy H = E + PV over positions and cell: r - o = F·u and cell vectors F·H₀ with F upper triangular, so a cell
/// that LAMMPS accepts stays one. Coordinates are u and κF with κ = √(V₀·0.08 Å⁻¹), which makes the stiffness of the cell
/// that of the atoms in a metal; -∂H/∂u = Fᵀf and -∂H/∂F = (W - PV·1)F⁻ᵀ with the virial W.
/// </summary>
/// <remarks>Tadmor et al., Phys. Rev. B 59, 235 (1999) describe the same choice of coordinates (there with another κ).</remarks>
internal sealed class CellRelaxation : IObjective
{
    private const double StiffnessRatio = 0.08;
    private const int CellRoom = 8;

    private readonly IForceField _field;
    private readonly ForceResult _result;
    private readonly IDescent _descent;
    private readonly double[] _coordinates;
    private readonly double[] _forces;
    private readonly int _atomLength;
    private AtomicStructure? _structure;
    private Cell? _initial;
    private CellFreedom _freedom;
    private double _kappa;
    private double _pressure;
    private double _stressTolerance;

    /// <summary>A relaxation with buffers for <paramref name="atoms"/> atoms.</summary>
    public CellRelaxation(IForceField field, int atoms, MinimizerKind kind)
    {
        _field = field;
        _result = new ForceResult(atoms);
        _atomLength = _result.Forces.Length;
        _coordinates = new double[_atomLength + CellRoom];
        _forces = new double[_atomLength + CellRoom];
        _descent = AtomRelaxation.Descent(kind, _atomLength + CellRoom);
    }

    /// <inheritdoc/>
    public double[] Coordinates => _coordinates;

    /// <inheritdoc/>
    public double[] Forces => _forces;

    private AtomicStructure Structure => _structure ?? throw new InvalidOperationException("No structure is attached.");

    /// <summary>
    /// Relaxes atoms and cell until ‖f‖₂ ≤ <see cref="MinimizerSettings.ForceTolerance"/> and every freed stress component differs
    /// from the pressure by at most <paramref name="stressTolerance"/>. The energies reported are enthalpies.
    /// </summary>
    /// <param name="structure">Atoms and cell, changed in place.</param>
    /// <param name="freedom">Which parts of the cell may change.</param>
    /// <param name="pressure">P, bar.</param>
    /// <param name="stressTolerance">Bar.</param>
    /// <param name="settings">Force tolerance and limits.</param>
    /// <param name="cancel">Checked at each evaluation.</param>
    public MinimizationResult Minimize(
        AtomicStructure structure,
        CellFreedom freedom,
        double pressure,
        double stressTolerance,
        MinimizerSettings settings,
        CancellationToken cancel)
    {
        _structure = structure;
        _initial = structure.Cell;
        _freedom = freedom;
        _kappa = Math.Sqrt(structure.Cell.Volume * StiffnessRatio);
        _pressure = pressure / MetalUnits.BarPerPressureUnit;
        _stressTolerance = stressTolerance / MetalUnits.BarPerPressureUnit;
        _field.Bind(structure);
        for (int i = 0; i < structure.Count; i++)
        {
            Vector3 u = structure.Position(i) - structure.Cell.Origin;
            (_coordinates[i], _coordinates[structure.Stride + i], _coordinates[(2 * structure.Stride) + i]) = (u.X, u.Y, u.Z);
        }

        Span<double> cell = _coordinates.AsSpan(_atomLength);
        cell.Clear();
        cell[0] = cell[1] = cell[2] = _kappa;
        MinimizationResult result = _descent.Minimize(this, settings, continued: false, cancel);
        Apply();
        return result with
        {
            ForceNorm = Math.Sqrt(FixedSum.SumOfSquares(_result.Forces)),
            ForceMax = FixedSum.MaxAbs(_result.Forces),
        };
    }

    /// <inheritdoc/>
    public double Evaluate()
    {
        Apply();
        AtomicStructure structure = Structure;
        double energy = _field.Evaluate(structure, _result, ForceParts.Forces | ForceParts.Virial);
        double volume = structure.Cell.Volume;
        Matrix3 transposed = Gradient().Transpose();
        int stride = structure.Stride;
        for (int i = 0; i < structure.Count; i++)
        {
            Vector3 f = transposed * new Vector3(_result.Forces[i], _result.Forces[stride + i], _result.Forces[(2 * stride) + i]);
            (_forces[i], _forces[stride + i], _forces[(2 * stride) + i]) = (f.X, f.Y, f.Z);
        }

        double[] w = _result.Virial;
        double pv = _pressure * volume;
        var drive = new Matrix3(w[0] - pv, w[3], w[4], w[3], w[1] - pv, w[5], w[4], w[5], w[2] - pv);
        StoreCellForces(drive * transposed.Inverse());
        return energy + pv;
    }

    /// <inheritdoc/>
    public bool Converged(MinimizerSettings settings)
    {
        double[] w = _result.Virial;
        double volume = Structure.Cell.Volume;
        double mean = ((w[0] + w[1] + w[2]) / 3 / volume) - _pressure;
        double largest = Math.Abs(mean);
        if (_freedom != CellFreedom.Isotropic)
        {
            for (int k = 0; k < (_freedom == CellFreedom.Full ? 6 : 3); k++)
            {
                largest = Math.Max(largest, Math.Abs((w[k] / volume) - (k < 3 ? _pressure : 0)));
            }
        }

        return largest <= _stressTolerance
            && FixedSum.SumOfSquares(_result.Forces) <= settings.ForceTolerance * settings.ForceTolerance;
    }

    /// <summary>F from its six coordinates (xx yy zz xy xz yz, times κ).</summary>
    private Matrix3 Gradient()
    {
        ReadOnlySpan<double> f = _coordinates.AsSpan(_atomLength);
        return new Matrix3(
            f[0] / _kappa, f[3] / _kappa, f[4] / _kappa,
            0, f[1] / _kappa, f[5] / _kappa,
            0, 0, f[2] / _kappa);
    }

    private void Apply()
    {
        AtomicStructure structure = Structure;
        Matrix3 gradient = Gradient();
        structure.Cell = _initial!.Deformed(gradient);
        for (int i = 0; i < structure.Count; i++)
        {
            var u = new Vector3(
                _coordinates[i], _coordinates[structure.Stride + i], _coordinates[(2 * structure.Stride) + i]);
            structure.SetPosition(i, _initial.Origin + (gradient * u));
        }
    }

    private void StoreCellForces(Matrix3 force)
    {
        Span<double> f = _forces.AsSpan(_atomLength);
        f.Clear();
        switch (_freedom)
        {
            case CellFreedom.Isotropic:
                f[0] = f[1] = f[2] = (force.XX + force.YY + force.ZZ) / (3 * _kappa);
                break;
            case CellFreedom.Anisotropic:
                (f[0], f[1], f[2]) = (force.XX / _kappa, force.YY / _kappa, force.ZZ / _kappa);
                break;
            default:
                (f[0], f[1], f[2]) = (force.XX / _kappa, force.YY / _kappa, force.ZZ / _kappa);
                (f[3], f[4], f[5]) = (force.XY / _kappa, force.XZ / _kappa, force.YZ / _kappa);
                break;
        }
    }
}
